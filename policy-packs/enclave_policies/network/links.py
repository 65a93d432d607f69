"""Which openings are declared: links between sites and the ways of people, and so no way to anybody else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from enclave_policies.network.intent import DIALLED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from enclave_policies.network.aws.dial_ins import DialIn
    from enclave_policies.network.aws.openings import Opening
    from enclave_policies.network.intent import Arrival, Intent
    from enclave_policies.resources.resource import Resource

TUNNELS: Final = frozenset({"vpn connection", "transit gateway", "direct connect"})
"""What tunnels to one place are made of, one of each."""
CLIENT_VPN: Final = "client vpn"
MADE_OF: Final[Mapping[str, frozenset[str]]] = {"site-to-site": TUNNELS, DIALLED: frozenset({CLIENT_VPN})}
"""What a way of people leads over → what it is made of, one of each."""
LONGEST_SESSION: Final = 24
"""Hours that a session in a Client VPN lasts where nobody says how long (its administrator guide)."""
_PRIVATE: Final = "PrivateIpv4"


def openings_of_links(
    openings: Sequence[Opening], intent: Intent | None, resources: Mapping[str, Resource]
) -> frozenset[str]:
    """Return the URNs of the openings that are declared; ``resources`` are those of the stack, by URN.

    An opening is one where it reaches segments of one declared link or way only, nothing speaks against it
    (`objections`), and the stack has no more of its kind there than are declared: of one too many nobody can say which
    it is, so none of them counts.
    """
    if intent is None:
        return frozenset()
    declared = list(_declared(intent))
    mine: dict[str, list[Opening]] = {}
    for way in openings:
        mine.setdefault(way.kind, []).append(way)
    return frozenset(
        way.urn
        for kind, ways in mine.items()
        if _fit([_segments(way) for way in ways], [segments for kinds, segments in declared if kind in kinds])
        for way in ways
        if way.urn in resources and not objections(way, intent, resources[way.urn])
    )


def objections(way: Opening, intent: Intent, resource: Resource) -> tuple[str, ...]:
    """Return why an opening is none that is declared: outer addresses of tunnels, what a Client VPN is."""
    if way.kind == "vpn connection" and resource.props.get("outsideIpAddressType") != _PRIVATE:
        return ("its tunnels have public outer addresses",)
    if way.dialled is None:
        return ()
    declared = [one for one in intent.arrivals if one.over == DIALLED and _segments(way) <= {one.at}]
    unlike = min((tuple(_unlike(way.dialled, one, intent)) for one in declared), key=len, default=())
    return (*way.dialled.strange, *way.dialled.lax, *unlike)


def _unlike(found: DialIn, declared: Arrival, intent: Intent) -> Iterator[str]:
    """Yield what a Client VPN does otherwise than is declared."""
    if found.clients != declared.people:
        yield f"devices get {found.clients}, and declared is {declared.people}"
    for words, given, meant in (
        ("its own certificate", found.server, declared.server),
        ("the authority of devices' certificates", found.authority, declared.authority),
        ("where people sign on", found.provider, declared.provider),
    ):
        if given != meant:
            yield f"{words} is {given or 'what nobody knows'}, and declared is {meant}"
    if more := found.groups - declared.groups:
        yield f"it lets in {', '.join(sorted(more))}, and declared is {', '.join(sorted(declared.groups))}"
    if beyond := found.targets.minus(intent.networks[declared.at]):
        yield f"it leads to {beyond}, beyond {declared.at}"
    if (hours := found.hours or LONGEST_SESSION) > declared.hours:
        yield f"a session lasts {hours} hours, and declared are {declared.hours}"


def _segments(way: Opening) -> frozenset[str]:
    return frozenset(f"{site}/{segment}" for site, segment in way.segments)


def _declared(intent: Intent) -> Iterator[tuple[frozenset[str], frozenset[str]]]:
    """Yield (kinds of openings, segments) of each declared link and way of people."""
    for link in intent.links:
        ends = {
            end
            for way in intent.ways
            if frozenset(each.partition("/")[0] for each in (way.source, way.target)) == link
            for end in (way.source, way.target)
        }
        yield TUNNELS, frozenset(ends)
    for one in intent.arrivals:
        yield MADE_OF.get(one.over, frozenset()), frozenset({one.at})


def _fit(found: Sequence[frozenset[str]], declared: Sequence[frozenset[str]]) -> bool:
    """Return whether each of what was found can have a declared one of its own, with all of its segments."""
    taken: dict[int, int] = {}

    def place(number: int, tried: set[int]) -> bool:
        for index, segments in enumerate(declared):
            if found[number] <= segments and index not in tried:
                tried.add(index)
                if index not in taken or place(taken[index], tried):
                    taken[index] = number
                    return True
        return False

    return all(place(number, set()) for number in range(len(found)))
