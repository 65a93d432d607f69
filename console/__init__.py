"""How people drive it: the `enclave` command, and what the Pulumi program asks before it starts."""
