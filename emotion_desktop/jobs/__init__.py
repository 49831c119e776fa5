"""Long work: the job model's engine and one function per user verb."""
