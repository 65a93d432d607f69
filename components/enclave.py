"""The enclave: every declared site."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pulumi

from components.region import enclave_region

if TYPE_CHECKING:
    from components.connection import Connections
    from components.declaration.model import Declaration


@dataclass(frozen=True)
class EnclaveArgs:
    """What an enclave is built from: what is wanted, and how its clouds are reached."""

    declaration: Declaration
    connections: Connections


class Enclave(pulumi.ComponentResource):
    """The sites of one declaration; ``sites`` says of each what an operator needs."""

    def __init__(self, name: str, args: EnclaveArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("enclave:index:Enclave", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        self.sites = {
            site: enclave_region(site, args.declaration, args.connections, child) for site in args.declaration.sites
        }
        self.register_outputs({"sites": self.sites})
