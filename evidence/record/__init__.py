"""The record of one run, its form on disk, and how an older one is read."""
