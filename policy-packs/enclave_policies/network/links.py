"""Which openings are the declared links between sites, and so no way to anybody outside."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from enclave_policies.network.aws.openings import Opening
    from enclave_policies.network.intent import Intent
    from enclave_policies.resources.resource import Resource

KINDS: Final = frozenset({"vpn connection", "transit gateway", "direct connect"})
"""What a link is made of, one of each."""
_PRIVATE: Final = "PrivateIpv4"


def openings_of_links(
    openings: Sequence[Opening], intent: Intent | None, resources: Mapping[str, Resource]
) -> frozenset[str]:
    """Return the URNs of the openings that are declared links; ``resources`` are those of the stack, by URN.

    An opening is one where it reaches linked segments only, its tunnels have private outer addresses, and the stack has
    no more of its kind than links: of one too many nobody can say which it is, so none of them counts.
    """
    if intent is None:
        return frozenset()
    linked = _segments(intent)
    counted = Counter(way.kind for way in openings)
    return frozenset(
        way.urn
        for way in openings
        if way.kind in KINDS
        and counted[way.kind] <= len(intent.links)
        and all(f"{site}/{segment}" in linked for site, segment in way.segments)
        and way.urn in resources
        and (way.kind != "vpn connection" or resources[way.urn].props.get("outsideIpAddressType") == _PRIVATE)
    )


def _segments(intent: Intent) -> frozenset[str]:
    """Return the ends of the declared ways between sites that are linked."""
    return frozenset(
        end
        for way in intent.ways
        if frozenset(each.partition("/")[0] for each in (way.source, way.target)) in intent.links
        for end in (way.source, way.target)
    )
