"""What an AWS account needs for this program: roles, policies, quotas, and a check of them."""
