"""How an enclave is built: the declaration's model and the Pulumi components."""
