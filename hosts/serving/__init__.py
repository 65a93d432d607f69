"""The program `enclave-gateway`: the authorizer of a gateway, and the de-identifier of its answers in one process."""
