"""The Pulumi program: load this stack's declaration, build what it declares, export what an operator needs."""

import pulumi

from console.quiet import keep_quiet

keep_quiet()

from components.stack import build  # noqa: E402  an exception in one of these is told without its trace, too
from console.program import load_stack  # noqa: E402

for name, value in build(load_stack(pulumi.get_stack())).items():
    pulumi.export(name, value)
