"""What workers of a wave must fulfil: they stand alone, and reach one endpoint of the source and one store here."""

from __future__ import annotations

from ipaddress import IPv4Network
from typing import TYPE_CHECKING, Any, Final

from components.addresses import segment_network
from components.declaration.connections import declared_connections
from components.declaration.model import AwsSite, KubernetesSite
from components.declaration.networks import Taken, not_for_sites
from components.declaration.words import names_in, undeclared

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from components.declaration.found import Found, Keys
    from components.declaration.model import Declaration, StoreAddress, Wave, WaveJob

PRIVATE: Final = ".vpce.amazonaws.com"
"""How the names of private endpoints of S3 end (Amazon S3, "AWS PrivateLink for Amazon S3")."""


def check_wave_jobs(declaration: Declaration, names: Mapping[str, Any], *, whole: bool) -> Iterator[Found]:
    """Yield what is wrong with jobs of waves; ``names`` as in `check`, ``whole``: all that opens ways could be read."""
    taken = _taken(declaration)
    for name, wave in declaration.waves.items():
        if (job := wave.job) is not None:
            at: Keys = ("waves", name, "job")
            yield from _ends(declaration, at, wave)
            yield from _source(declaration, at, wave, job, taken)
            yield from _storage(declaration, at, wave, job)
            yield from _journal(declaration, at, wave, job)
            if job.segment not in names_in(names, "segments"):
                yield (*at, "segment"), undeclared("segment", job.segment, names_in(names, "segments"))
            elif whole:
                yield from _alone(declaration, at, wave, job)


def _taken(declaration: Declaration) -> Taken:
    taken = Taken()
    for name, site in declaration.sites.items():
        taken.add(site.cidr, f"site '{name}'")
    for index, entry in enumerate(declaration.entries):
        for network in entry.from_:
            taken.add(network, f"entry {index}, from where people come")
    return taken


def _ends(declaration: Declaration, at: Keys, wave: Wave) -> Iterator[Found]:
    if wave.to in declaration.sites and not isinstance(declaration.sites[wave.to], KubernetesSite):
        yield at, f"site '{wave.to}' is in AWS, where no Job of Kubernetes runs; remove 'job'"
    if wave.from_ in declaration.sites and not isinstance(declaration.sites[wave.from_], AwsSite):
        yield at, f"site '{wave.from_}' is not in AWS, and workers read at an endpoint of S3; remove 'job'"
    if not wave.buckets:
        yield at, "moves nothing: name the buckets ('buckets: {BUCKET-THERE: BUCKET-HERE}')"


def _source(declaration: Declaration, at: Keys, wave: Wave, job: WaveJob, taken: Taken) -> Iterator[Found]:
    source, site = job.source, declaration.sites.get(wave.from_)
    address = IPv4Network(source.address)
    if wrong := not_for_sites(address):
        message = f"{source.address} is {wrong}; workers read at a private endpoint (RFC 1918)"
        yield (*at, "source", "address"), message
    elif found := taken.sharing(address):
        message = f"{source.address} lies in {found[0]} of {found[1]}; the line to the source ends beside all sites"
        yield (*at, "source", "address"), message
    if isinstance(site, AwsSite) and not source.host.endswith(f".s3.{site.region}{PRIVATE}"):
        message = (
            f"'{source.host}' is no private endpoint of S3 in {site.region}, where site '{wave.from_}' lies; "
            f"name one that ends with .s3.{site.region}{PRIVATE}"
        )
        yield (*at, "source", "host"), message


def _storage(declaration: Declaration, at: Keys, wave: Wave, job: WaveJob) -> Iterator[Found]:
    storage = job.storage
    if (site := declaration.sites.get(wave.to)) is not None:
        if storage.address not in site.cidr:
            message = f"{storage.address} is not in {site.cidr} of site '{wave.to}'; name the address of its own store"
            yield (*at, "storage", "address"), message
        for name, segment in declaration.segments.items():
            if storage.address in (network := segment_network(site.cidr, segment.slot)):
                message = (
                    f"{storage.address} is in {network} of segment '{name}', where pods are; a store stands beside"
                )
                yield (*at, "storage", "address"), message
    if wave.endpoint and wave.endpoint not in _urls(storage):
        message = (
            f"workers write to '{storage.host}' on port {storage.port}, and the wave's endpoint is {wave.endpoint}"
        )
        yield (*at, "storage"), f"{message}; correct one of them"


def _urls(storage: StoreAddress) -> tuple[str, ...]:
    url = f"https://{storage.host}:{storage.port}"
    return (url, *([url.removesuffix(":443")] if url.endswith(":443") else []))


def _journal(declaration: Declaration, at: Keys, wave: Wave, job: WaveJob) -> Iterator[Found]:
    for name, other in declaration.waves.items():
        if other.to == wave.to and job.journal in other.buckets.values():
            message = f"wave '{name}' fills the bucket '{job.journal}'; what workers tell needs a bucket of its own"
            yield (*at, "journal"), message


def _alone(declaration: Declaration, at: Keys, wave: Wave, job: WaveJob) -> Iterator[Found]:
    """Yield what else leads out of the workers' segment or into it: their own policy could not shut it."""
    own = f"{wave.to}/{job.segment}"
    for where, way in declared_connections(declaration, [wave.to] if wave.to in declaration.sites else []):
        if own in (way.source, way.target) and not where.startswith("waves."):
            yield (*at, "segment"), f"{where} opens {way.source} -> {way.target}; give workers a segment of their own"
            return
