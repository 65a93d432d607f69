"""What stands in the networks of a few resources, as the parts of the model are given it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from enclave_policies.network.aws.acls import Acls
from enclave_policies.network.aws.dial_ins import dial_ins
from enclave_policies.network.aws.groups import Groups
from enclave_policies.network.aws.hosts import Hosts
from enclave_policies.network.aws.prefixes import Prefixes
from enclave_policies.network.aws.references import References
from enclave_policies.network.aws.tables import Tables
from enclave_policies.network.aws.vpcs import Vpcs
from enclave_policies.network.aws.zones import Place, places

if TYPE_CHECKING:
    from collections.abc import Sequence

    from enclave_policies.network.aws.elements import Host
    from enclave_policies.resources.resource import Resource


class Standing(NamedTuple):
    """References among resources, the hosts, and where they stand."""

    references: References
    hosts: list[Host]
    places: list[Place]


def standing(resources: Sequence[Resource]) -> Standing:
    """Read resources as the model does."""
    references = References(resources)
    prefixes = Prefixes(references)
    groups = Groups(references, prefixes)
    vpcs = Vpcs(references, groups, Acls(references), Tables(references, prefixes))
    hosts = Hosts(references, groups, vpcs, dial_ins(references)).all
    return Standing(references, hosts, places(vpcs.subnets.values(), groups.by_key.values(), hosts))
