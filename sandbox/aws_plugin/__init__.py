"""A stand-in for the `pulumi-resource-aws` plugin: serves the sandbox's AWS types over boto3, on loopback only."""
