"""Records of trainings, cloud jobs and everything else that was run."""
