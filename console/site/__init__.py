"""`enclave site`: take a site from one stage to the next, in its declaration and nowhere else."""
