"""`enclave report` and its kin: makes the record of a run, and writes, checks and compares bundles of it."""
