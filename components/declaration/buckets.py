"""What buckets that a declaration names must fulfil: S3 has one of a name in the world, and each is for one thing.

Source: Amazon S3 user guide, "General purpose bucket naming rules" (a name is unique across all accounts of a
partition). Stores of our own sites have names of their own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from components.declaration.model import AwsSite
from components.declaration.physical import BUCKETS, INSPECTION, STORE, bucket_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from components.declaration.found import Found, Keys
    from components.declaration.model import Declaration, Replica, Wave


class _Home(NamedTuple):
    site: str
    purpose: str | None = None
    """What a bucket that is built is for; None: somebody names it."""


class _End(NamedTuple):
    at: Keys
    who: str
    site: str
    bucket: str
    fills: bool


def check_buckets(declaration: Declaration) -> Iterator[Found]:
    """Yield each bucket that would be that of another site, of another purpose, or of two waves at once."""
    homes = _built(declaration)
    yield from _inspectors(declaration, homes)
    emptied: dict[tuple[str, str], str] = {}
    for end in _ends(declaration):
        if not end.fills and end.who.startswith("wave "):
            first = emptied.setdefault((end.site, end.bucket), end.who)
            if first != end.who:
                yield end.at, f"{first} empties the bucket '{end.bucket}' already; let one wave move all of it"
        if not isinstance(declaration.sites.get(end.site), AwsSite):
            continue
        home = homes.setdefault(end.bucket, _Home(end.site))
        if home.site != end.site:
            message = f"'{end.bucket}' would be a bucket of site '{end.site}' and is one of site '{home.site}'"
            yield end.at, f"{message}, and S3 has one bucket of a name; name another"
        elif end.fills and home.purpose not in (None, STORE):
            message = f"'{end.bucket}' is what site '{end.site}' keeps for '{home.purpose}'"
            yield end.at, f"{message}; {end.who} fills a store: name another bucket"


def _built(declaration: Declaration) -> dict[str, _Home]:
    return {
        bucket_name(declaration, name, site.account, purpose): _Home(name, purpose)
        for name, site in declaration.sites.items()
        if isinstance(site, AwsSite)
        for purpose in (*BUCKETS, INSPECTION)
    }


def _inspectors(declaration: Declaration, homes: dict[str, _Home]) -> Iterator[Found]:
    watch = declaration.inspector.watch if declaration.inspector else None
    if watch and watch.aws and (home := homes.get(watch.aws.bucket)):
        message = f"'{watch.aws.bucket}' is a bucket of site '{home.site}', and whom it watches could change its runs"
        yield ("inspector", "watch", "aws", "bucket"), f"{message}; name the inspector's own"


def _ends(declaration: Declaration) -> Iterator[_End]:
    """Yield the ends of all that moves or copies buckets, targets after sources."""
    movers: list[tuple[Keys, str, Wave | Replica]] = [
        (("waves", name), f"wave '{name}'", wave) for name, wave in declaration.waves.items()
    ]
    if declaration.failover:
        replicas = declaration.failover.replicas.items()
        movers += [(("failover", "replicas", name), f"replica '{name}'", replica) for name, replica in replicas]
    for at, who, mover in movers:
        for bucket, other in mover.buckets.items():
            where: Keys = (*at, "buckets", bucket)
            yield _End(where, who, mover.from_, bucket, fills=False)
            yield _End(where, who, mover.to, other, fills=True)
