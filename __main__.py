"""The Pulumi program: load this stack's declaration, build the enclave, export what an operator needs."""

import pulumi

from components.enclave import Enclave, EnclaveArgs
from console.program import load_stack

declaration, connections = load_stack(pulumi.get_stack())
enclave = Enclave(declaration.enclave, EnclaveArgs(declaration, connections))
pulumi.export("sites", enclave.sites)
