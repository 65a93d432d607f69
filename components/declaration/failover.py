"""What a declaration's failover must fulfil: sites and classes that are declared, a bucket for each copy, a key there.

Whether a copy is legal, and whether all that must survive has one, the law's rules say (JUR-055, JUR-056).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from components.declaration.waves import NO_ENDPOINT, not_for_store, wants_endpoint
from components.declaration.words import listed, names_in, undeclared

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from components.declaration.found import Found, Keys
    from components.declaration.model import Declaration, Failover, Replica

_SECTION = "failover"


def check_failover(declaration: Declaration, names: Mapping[str, Any]) -> Iterator[Found]:
    """Yield (path, message) for each problem; ``names`` is the declaration as it was written."""
    failover = declaration.failover
    if failover is None:
        return
    yield from _order(declaration, failover, names)
    classes = names_in(names, "data_classes")
    for index, each in enumerate(failover.classes):
        if each not in classes:
            yield (_SECTION, "classes", index), undeclared("data class", each, classes)
    fills = {
        (wave.to, bucket): f"wave '{name}'"
        for name, wave in declaration.waves.items()
        for bucket in wave.buckets.values()
    }
    for name, replica in failover.replicas.items():
        at: Keys = (_SECTION, "replicas", name)
        yield from _replica(declaration, failover, at, replica, names)
        for bucket, other in replica.buckets.items():
            if first := fills.get((replica.to, other)):
                yield (*at, "buckets", bucket), f"{first} fills the bucket '{other}' already; take one for each"
            fills[replica.to, other] = f"replica '{name}'"


def _order(declaration: Declaration, failover: Failover, names: Mapping[str, Any]) -> Iterator[Found]:
    sites = names_in(names, "sites")
    for index, site in enumerate(failover.order):
        at, known = (_SECTION, "order", index), declaration.sites.get(site)
        if site not in sites:
            yield at, undeclared("site", site, sites)
        elif known is not None and known.role != "enclave":
            yield at, f"site '{site}' is {known.role}, and will be left; people are sent to sites of the enclave"


def _replica(
    declaration: Declaration, failover: Failover, at: Keys, replica: Replica, names: Mapping[str, Any]
) -> Iterator[Found]:
    for end, site in (("from", replica.from_), ("to", replica.to)):
        if site not in failover.order:
            message = f"site '{site}' is not in the order, so nobody is sent there ({listed(failover.order)}); add it"
            yield (*at, end), message
    if replica.from_ == replica.to:
        yield (*at, "to"), f"'{replica.to}' would hold its own copy, and be lost with it; name another site"
    if replica.lag_minutes < replica.every_minutes:
        message = f"is less than every_minutes ({replica.every_minutes}), so the copy is late before it is made again"
        yield (*at, "lag_minutes"), message
    yield from not_for_store(declaration, at, replica, names)
    yield from _endpoints(declaration, at, replica)


def _endpoints(declaration: Declaration, at: Keys, replica: Replica) -> Iterator[Found]:
    ends = dict.fromkeys((replica.from_, replica.to))
    for site in ends:
        if wants_endpoint(declaration, site) and site not in replica.endpoints:
            yield at, f"needs 'endpoints: {{{site}: https://…}}', the S3 address of the store on the site"
    for site in replica.endpoints:
        if site not in ends:
            yield (*at, "endpoints", site), f"is no end of this replica ({listed(ends)}); remove it"
        elif not wants_endpoint(declaration, site):
            yield (*at, "endpoints", site), NO_ENDPOINT
