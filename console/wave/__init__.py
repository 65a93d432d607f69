"""`enclave wave`: move data from a transitional site into the enclave, prove it, and empty the source."""
