"""`enclave whatif`: what would turn red under another law."""
