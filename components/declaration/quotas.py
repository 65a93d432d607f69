"""How much a cloud takes of what a declaration asks for.

Sources: Amazon VPC user guide, "Amazon VPC quotas" (a network ACL takes 20 rules for each direction, 40 when AWS raises
the quota); KMS developer guide, "Quotas" (a key policy takes 32 KB).
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any, Final

from components.declaration.arrivals import shows_its_network
from components.declaration.model import AwsSite

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from components.declaration.found import Found, Keys
    from components.declaration.model import Declaration

Rule = tuple[str, object, object]
"""Protocol, peer and ports of an entry of a network ACL."""
Opening = tuple[str, object, object, bool]
"""Protocol, peer and ports of a connection, and whether it leads into the segment."""

ACL_RULES: Final = 40
ANSWERS: Final = "answers"
POLICY_BYTES: Final = 32_768
POLICY_REST: Final = 6_000
"""Bytes of a key policy beside the roles that it names, rounded up."""
ROLE_BYTES: Final = 48
"""Bytes of a role's ARN in a policy beside its name, rounded up."""
LONGEST_LIST: Final = 1_000
"""Items of any list: AWS lets no machine have more rules of security groups (rules times groups, 1,000)."""


def long_lists(data: Mapping[str, Any]) -> Iterator[Found]:
    """Yield each list of a declaration, as it was written, that nobody would read to its end."""
    pending: list[tuple[Keys, Any]] = [((), data)]
    while pending:
        at, found = pending.pop()
        if isinstance(found, dict):
            pending += [((*at, key), item) for key, item in found.items() if isinstance(item, dict | list)]
        elif len(found) > LONGEST_LIST:
            yield at, f"holds {len(found):,} items, {LONGEST_LIST:,} are the limit; merge them (ports into ranges)"
        else:
            pending += [((*at, index), item) for index, item in enumerate(found) if isinstance(item, dict | list)]


def check_quotas(declaration: Declaration) -> Iterator[Found]:
    """Yield (path, message) for what is declared beyond a quota."""
    yield from _services(declaration)
    for name, key in declaration.keys.items():
        size = POLICY_REST + sum(len(role) + ROLE_BYTES for role in (*key.administrators, *key.users * 4, *key.sealers))
        if size > POLICY_BYTES:
            message = f"its policy would take about {size:,} bytes, and AWS takes {POLICY_BYTES:,}; name fewer roles"
            yield ("keys", name), message
    for name, site in declaration.sites.items():
        if isinstance(site, AwsSite):
            for segment in declaration.segments:
                most = max(acl_rules(declaration, name, segment))
                if most > ACL_RULES:
                    message = (
                        f"the network ACL of segment '{segment}' would have {most} rules for one direction, and AWS "
                        f"takes {ACL_RULES}; merge ports into ranges or networks into wider ones"
                    )
                    yield ("sites", name), message


def _services(declaration: Declaration) -> Iterator[Found]:
    """Yield each AWS service that is declared a second time: a site has one endpoint of it."""
    homes: dict[str, str] = {}
    for name, segment in declaration.segments.items():
        for index, service in enumerate(segment.services):
            first = homes.get(service)
            if first is not None:
                message = f"service '{service}' has its endpoint in segment '{first}' already; name it in one segment"
                yield ("segments", name, "services", index), message
            homes.setdefault(service, name)


def acl_rules(declaration: Declaration, site: str, segment: str) -> tuple[int, int]:
    """Return how many rules a segment's network ACL has inwards and outwards, as `components.aws.acl` makes them."""
    inwards: set[Rule] = set()
    outwards: set[Rule] = set()
    for protocol, peer, ports, towards in (*_own(declaration, site, segment), *_linked(declaration, site, segment)):
        (inwards if towards else outwards).add((protocol, peer, ports))
        (outwards if towards else inwards).add((protocol, peer, ANSWERS))
    return len(inwards), len(outwards)


def _own(declaration: Declaration, site: str, segment: str) -> Iterator[Opening]:
    for path in declaration.paths:
        for source, ports in product(path.from_, path.ports):
            if path.to == segment:
                yield path.protocol, source, ports, True
            if source == segment:
                yield path.protocol, path.to, ports, False
    for entry in declaration.entries:
        if entry.to == segment and shows_its_network(entry, site):
            yield from ((entry.protocol, source, ports, True) for source, ports in product(entry.from_, entry.ports))
        elif entry.to == segment:  # who dialled in asks from within the segment
            ways = (True, False)
            yield from ((entry.protocol, segment, ports, inwards) for ports, inwards in product(entry.ports, ways))


def _linked(declaration: Declaration, site: str, segment: str) -> Iterator[Opening]:
    """Yield what a site's links open: for a segment of theirs, and for the one in which they end."""
    for link in declaration.links.values():
        for path in link.paths if site in link.between else ():
            towards = path.to.partition("/")[0] == site
            for source, ports in product(path.from_, path.ports):
                own, far = (path.to, source) if towards else (source, path.to)
                inside = own.partition("/")[2]
                if inside == segment:
                    yield path.protocol, far, ports, towards
                if link.ends_in == segment:
                    yield path.protocol, inside, ports, not towards
