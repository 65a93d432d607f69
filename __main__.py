"""The Pulumi program: load this stack's declaration, build what it declares, export what an operator needs."""

import pulumi

from components.stack import build
from console.program import load_stack

for name, value in build(load_stack(pulumi.get_stack())).items():
    pulumi.export(name, value)
