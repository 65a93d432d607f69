"""The de-identifier: data leaves the enclave through it only, field by field as a schema says, and else not at all."""
