"""Connections of devices that dialled in: from the Client VPN's interfaces to what its authorization rules name."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from enclave_policies.network.aws import types
from enclave_policies.network.networks import NOWHERE
from enclave_policies.network.path import UNDETERMINED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from enclave_policies.network.aws.balancers import Standing
    from enclave_policies.network.aws.conversations import Conversations, Found
    from enclave_policies.network.aws.dial_ins import DialIn
    from enclave_policies.network.aws.references import References
    from enclave_policies.network.aws.zones import Place
    from enclave_policies.network.networks import AddressSet


class Interface(NamedTuple):
    """A Client VPN and a place in which its interfaces stand."""

    over: DialIn
    place: Place


class Dialled:
    """Asks what devices reach whose Client VPN is understood; any other lets everybody in (`Outside.entering`)."""

    def __init__(
        self,
        references: References,
        dialled: Mapping[str, DialIn],
        standing: Standing,
        conversations: Conversations,
    ) -> None:
        self._conversations = conversations
        self._interfaces = [
            Interface(over, place)
            for network in references.all(types.CLIENT_VPN_NETWORK)
            for one in references.one(network, "clientVpnEndpointId", (types.CLIENT_VPN,)).found
            for over in (dialled[one.urn],)
            if not over.strange
            for place in standing.at(network.urn)
        ]

    def entering(self, addresses: AddressSet, target: Place) -> Iterator[Found]:
        """Yield (ports, reasons) of each connection that devices with some addresses can make to a zone."""
        there = NOWHERE.union(*(stand.addresses for stand in target.stands))
        for over, here in self._interfaces:
            if here.vpc is not target.vpc or not addresses.intersect(over.clients) or not over.targets.intersect(there):
                continue
            whole = over.targets.contains(there)
            doubt = () if whole else (f"{UNDETERMINED}{over.name} leads to {over.targets} of {there}",)
            who = f"client VPN {over.name} lets {', '.join(sorted(over.groups)) or 'nobody'} in from {over.clients}"
            for ports, because in self._conversations.between(here, target):
                yield ports, (who, *doubt, *because)
