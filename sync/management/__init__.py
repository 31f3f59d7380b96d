"""Commands of jobs and imports."""
