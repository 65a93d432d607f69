"""Key management of a Kubernetes site: who may put, remove and use the key of each purpose in the keys namespace.

Custodians put the key material there: material that this program created would lie in its state.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pulumi

from components.declaration.physical import namespace_name
from components.kubernetes.access import Grant, administrator_rules, grant, user_rules

if TYPE_CHECKING:
    from components.declaration.model import KubernetesSite
    from components.kubernetes.network import NetworkSegmentation
    from components.site import SitePlan

keys_segment = "keys"


@dataclass(frozen=True)
class KeyManagementArgs:
    """What a site's key management is built from."""

    plan: SitePlan[KubernetesSite]
    network: NetworkSegmentation


class KeyManagement(pulumi.ComponentResource):
    """Roles that separate each key's administrators from its users."""

    def __init__(self, name: str, args: KeyManagementArgs, opts: pulumi.ResourceOptions) -> None:
        super().__init__("enclave:kubernetes:KeyManagement", name, None, opts)
        child = pulumi.ResourceOptions(parent=self, depends_on=[args.network.namespaces[keys_segment]])
        self.secrets: dict[str, str] = {}
        namespace = namespace_name(args.plan.declaration, keys_segment)
        for purpose, key in args.plan.declaration.keys.items():
            self.secrets[purpose] = f"secret:{namespace}/{purpose}"
            for given in (
                Grant(keys_segment, f"{purpose}-administrators", administrator_rules(purpose), key.administrators),
                Grant(keys_segment, f"{purpose}-users", user_rules(purpose), key.users),
            ):
                if given.groups:
                    grant(args.plan, given, child)
        self.register_outputs({"secrets": self.secrets})
