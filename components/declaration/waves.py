"""What a declaration's waves must fulfil: inwards only, to where data may rest, done before the site is left."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from components.declaration.model import KubernetesSite
from components.declaration.physical import STORE
from components.declaration.words import names_in, undeclared

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from components.declaration.found import Found, Keys
    from components.declaration.model import Declaration, Replica, Wave

NO_ENDPOINT: Final = "only a site of our own has an endpoint, and a sandbox brings its own; remove it"


def check_waves(declaration: Declaration, names: Mapping[str, Any]) -> Iterator[Found]:
    """Yield (path, message) for each problem; ``names`` is the declaration as it was written."""
    sites = names_in(names, "sites")
    fills: dict[tuple[str, str], str] = {}
    for name, wave in declaration.waves.items():
        at: Keys = ("waves", name)
        for end, site in (("from", wave.from_), ("to", wave.to)):
            if site not in sites:
                yield (*at, end), undeclared("site", site, sites)
        yield from not_for_store(declaration, at, wave, names)
        if wave.readers not in (None, wave.from_, wave.to):
            yield (*at, "readers"), f"readers read from '{wave.from_}' or from '{wave.to}'; name one of them"
        yield from _source(declaration, at, wave)
        yield from _target(declaration, at, wave)
        for bucket, other in wave.buckets.items():
            if first := fills.get((wave.to, other)):
                yield (*at, "buckets", bucket), f"wave '{first}' fills the bucket '{other}' already; take one for each"
            fills[wave.to, other] = name


def not_for_store(
    declaration: Declaration, at: Keys, mover: Wave | Replica, names: Mapping[str, Any]
) -> Iterator[Found]:
    """Yield each class of a wave or a replica that is not declared, or that the target's store has no key for."""
    classes, key = names_in(names, "data_classes"), declaration.keys.get(STORE)
    for index, each in enumerate(mover.classes):
        if each not in classes:
            yield (*at, "classes", index), undeclared("data class", each, classes)
        elif key is not None and each not in key.classes:
            message = f"the key '{STORE}' of site '{mover.to}' is not for data of class '{each}'; add it to that key"
            yield (*at, "classes", index), message


def _source(declaration: Declaration, at: Keys, wave: Wave) -> Iterator[Found]:
    site = declaration.sites.get(wave.from_)
    if site is None:
        return
    if site.role != "transitional":
        message = f"'{wave.from_}' is a site of the enclave; a wave leads inwards, from a transitional site"
        yield (*at, "from"), message
    elif not site.provisioned:
        yield (*at, "from"), f"site '{wave.from_}' is {site.lifecycle}, so nothing is there to move; remove the wave"
    elif site.exit_by is not None and wave.delete_by > site.exit_by:
        message = f"{wave.delete_by} is after {site.exit_by}, by which site '{wave.from_}' is left; set an earlier day"
        yield (*at, "delete_by"), message


def _target(declaration: Declaration, at: Keys, wave: Wave) -> Iterator[Found]:
    site = declaration.sites.get(wave.to)
    if site is None:
        return
    if site.role != "enclave":
        yield (*at, "to"), f"'{wave.to}' is transitional; a wave leads inwards, to a site of the enclave"
    elif site.lifecycle != "live":
        yield (*at, "to"), f"site '{wave.to}' is {site.lifecycle}, and user data moves in where it is live"
    wants = wants_endpoint(declaration, wave.to)
    if wants and wave.buckets and not wave.endpoint:
        yield at, "needs 'endpoint: https://…', the S3 address of the store on the site"
    if wave.endpoint and not wants:
        yield (*at, "endpoint"), NO_ENDPOINT


def wants_endpoint(declaration: Declaration, site: str) -> bool:
    """Return whether nothing but the declaration says where a site's store is reached."""
    return isinstance(declaration.sites.get(site), KubernetesSite) and not declaration.sandbox
