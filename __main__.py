"""The Pulumi program: load this stack's declaration, build the enclave, export what an operator needs."""

import pulumi

from components.enclave import Enclave
from console.program import load_stack

args = load_stack(pulumi.get_stack())
enclave = Enclave(args.declaration.enclave, args)
pulumi.export("sites", enclave.sites)
