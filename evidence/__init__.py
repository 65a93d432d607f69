"""What was proved: one record of each run, its renderings, and the signed bundle of them all."""
