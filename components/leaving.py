"""The component that carries what may leave the enclave, as the de-identifiers of its hosts read it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pulumi

from components.declaration.leaving import schema

if TYPE_CHECKING:
    from components.declaration.model import Declaration


@dataclass(frozen=True)
class LeavingArgs:
    """The declaration whose leaving flows are told."""

    declaration: Declaration


class Leaving(pulumi.ComponentResource):
    """The leaving flows as one text (`schema`), so that rules judge what de-identifiers read, byte by byte."""

    def __init__(self, name: str, args: LeavingArgs, opts: pulumi.ResourceOptions) -> None:
        super().__init__("enclave:index:Leaving", name, {"schema": schema(args.declaration)}, opts)
        self.register_outputs({})
