"""A folder of a run's record and its renderings, under one signed statement."""
