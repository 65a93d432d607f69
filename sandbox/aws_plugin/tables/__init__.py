"""The tables: one entry per resource type, one file per service or part of one."""
