"""The one decode, the one face crop, the one preprocessing."""
