"""`enclave inspect`: inspectors sign what gateways run, and anybody verifies it."""
