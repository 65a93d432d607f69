"""What a declaration must fulfil beyond the shape of its records: references, addresses, separation of duties."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from components.addresses import narrowest_site, widest_site
from components.declaration.access import check_access
from components.declaration.arrivals import check_arrivals
from components.declaration.buckets import check_buckets
from components.declaration.bundles import check_bundles
from components.declaration.dialling import check_dial_ins
from components.declaration.failover import check_failover
from components.declaration.fronts import check_fronts
from components.declaration.inspector import check_inspector
from components.declaration.invariants import check_invariants, check_ports
from components.declaration.leaving import check_gateway_flows, check_leaving
from components.declaration.links import check_links
from components.declaration.model import AwsSite, KubernetesSite, Record
from components.declaration.names import check_names
from components.declaration.networks import Taken, not_for_sites
from components.declaration.quotas import check_quotas
from components.declaration.tags import check_tags
from components.declaration.wave_jobs import check_wave_jobs
from components.declaration.wave_replications import check_wave_replications
from components.declaration.waves import check_waves
from components.declaration.words import listed, names_in, undeclared

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from components.declaration.found import Found, Keys
    from components.declaration.model import Declaration

NOT_HANDED_OVER: Final = ("planned", "building")
"""Stages at which a building still belongs to whoever builds it."""
ENCRYPTING: Final = ("store", "logs", "volumes")
"""Purposes for which every site has a key that it encrypts with."""


def check(declaration: Declaration, names: Mapping[str, Any]) -> Iterator[Found]:
    """Yield (path, message) for each problem.

    ``names`` is the declaration as it was written: a part of it that is malformed, and so missing from ``declaration``,
    still counts as declared.
    """
    yield from _references(declaration, names)
    yield from check_ports(declaration)
    ends = (names_in(names, section) for section in ("segments", "sites", "gateways"))
    yield from check_invariants(declaration, *ends, whole=_is_whole(declaration, names))
    yield from check_access(declaration, names, whole=_is_whole(declaration, names))
    yield from check_inspector(declaration, names)
    yield from check_leaving(declaration, names)
    yield from check_gateway_flows(declaration, names)
    yield from check_bundles(declaration, whole=_is_whole(declaration, names))
    yield from check_links(declaration, names_in(names, "segments"), names_in(names, "sites"))
    yield from check_arrivals(declaration, names_in(names, "sites"))
    yield from check_dial_ins(declaration, names)
    yield from check_waves(declaration, names)
    yield from check_wave_jobs(declaration, names, whole=_is_whole(declaration, names))
    yield from check_wave_replications(declaration)
    yield from check_failover(declaration, names)
    yield from check_buckets(declaration)
    yield from check_fronts(declaration, names_in(names, "sites"), whole=_is_whole(declaration, names))
    yield from _slots(declaration)
    yield from _networks(declaration)
    yield from _sites(declaration)
    yield from _organization(declaration)
    yield from _approvers(declaration)
    yield from check_names(declaration)
    yield from check_tags(declaration)
    yield from check_quotas(declaration)
    for name, key in declaration.keys.items():
        if name in ENCRYPTING and key.use != "encrypt":
            message = f"every site encrypts its {name} with this key, and a key for '{key.use}' cannot; use: encrypt"
            yield ("keys", name, "use"), message
        for duty, roles, others, what in (
            ("users", key.users, key.administrators, "administer and use"),
            ("sealers", key.sealers, key.administrators, "administer and use"),
            ("sealers", key.sealers, key.users, "seal and open vaults with"),
        ):
            if both := sorted(set(roles) & set(others)):
                yield ("keys", name, duty), f"{listed(both)} may not both {what} the key; name another role"
        if key.sealers and (key.use != "encrypt" or name in ENCRYPTING):
            message = "'sealers' are for a key that seals vaults alone (use: encrypt); give those a key of their own"
            yield ("keys", name, "sealers"), message


def _is_whole(declaration: Declaration, names: Mapping[str, Any]) -> bool:
    """Return whether all that was written could be read; else nobody can say that nothing opens a connection.

    Not only paths, entries and links open one: a gateway does on each of its sites, a receiver, a wave's workers.
    """
    return all(_read(getattr(declaration, section, None), written) for section, written in names.items())


def _read(part: Any, written: Any) -> bool:
    """Return whether a section has as many entries as it was written with; a single value is told of itself."""
    if part is not None and not isinstance(part, list | dict | Record):
        return True
    given = len(written) if isinstance(written, list | dict) else int(written is not None)
    return given == (0 if part is None else len(part.model_fields_set) if isinstance(part, Record) else len(part))


def _references(declaration: Declaration, names: Mapping[str, Any]) -> Iterator[Found]:
    segments, classes = names_in(names, "segments"), names_in(names, "data_classes")
    for index, path in enumerate(declaration.paths):
        yield from _unknown(("paths", index, "from"), path.from_, segments, "segment")
        yield from _unknown(("paths", index, "to"), [path.to], segments, "segment")
    for index, entry in enumerate(declaration.entries):
        yield from _unknown(("entries", index, "to"), [entry.to], segments, "segment")
    for name, segment in declaration.segments.items():
        yield from _unknown(("segments", name, "classes"), segment.classes, classes, "data class")
    for name, key in declaration.keys.items():
        yield from _unknown(("keys", name, "classes"), key.classes, classes, "data class")
    for name, gateway in declaration.gateways.items():
        yield from _unknown(("gateways", name, "segment"), [gateway.segment], segments, "segment")
        yield from _unknown(("gateways", name, "front"), [gateway.front], segments, "segment")
    for purpose in ENCRYPTING:
        if purpose not in names_in(names, "keys"):
            yield ("keys",), f"no key for '{purpose}'; every site encrypts its {purpose}: declare it"


def _slots(declaration: Declaration) -> Iterator[Found]:
    taken: dict[int, str] = {}
    for name, segment in declaration.segments.items():
        first = taken.setdefault(segment.slot, name)
        if first != name:
            message = f"slot {segment.slot} belongs to segment '{first}' already; choose a free one"
            yield ("segments", name, "slot"), message


def _networks(declaration: Declaration) -> Iterator[Found]:
    networks = {name: site.cidr for name, site in declaration.sites.items()}
    for name, network in networks.items():
        if not widest_site <= network.prefixlen <= narrowest_site:
            message = f"{network} is a /{network.prefixlen}; a site takes /{widest_site} to /{narrowest_site}"
            yield ("sites", name, "cidr"), message
        if wrong := not_for_sites(network):
            yield ("sites", name, "cidr"), f"{network} is {wrong}; take a private network (RFC 1918)"
    taken = Taken()
    for name, network in networks.items():
        if found := taken.sharing(network):
            message = f"{network} overlaps {found[0]} of site '{found[1]}'; choose a free network"
            yield ("sites", name, "cidr"), message
        taken.add(network, name)
    for index, entry in enumerate(declaration.entries):
        for number, network in enumerate(entry.from_):
            at = ("entries", index, "from", number)
            if wrong := not_for_sites(network):
                yield at, f"{network} is {wrong}; people come over site links, from private networks (RFC 1918)"
            if found := taken.sharing(network):
                yield at, f"{network} overlaps {found[0]} of site '{found[1]}'; an entry comes from outside"


def _sites(declaration: Declaration) -> Iterator[Found]:
    for name, site in declaration.sites.items():
        if site.role == "transitional" and site.exit_by is None:
            yield (
                ("sites", name),
                "a transitional site needs 'exit_by: YYYY-MM-DD', the day by which it is left",
            )
        if site.role == "enclave" and site.exit_by is not None:
            yield (
                ("sites", name, "exit_by"),
                "only a transitional site has 'exit_by'; remove it or set the role",
            )
        if isinstance(site, AwsSite):
            yield from _aws_site(declaration, name, site)
        elif isinstance(site, KubernetesSite):
            yield from _buildings(name, site)
            if declaration.sandbox and site.cluster is not None:
                message = "in a sandbox the stand-in cluster brings its own identity; remove 'cluster'"
                yield ("sites", name, "cluster"), message
            if not declaration.sandbox and site.cluster is None:
                message = "needs 'cluster: {ca_sha256: …}', the SHA-256 of the cluster's CA certificate (DER)"
                yield ("sites", name), message


def _buildings(name: str, site: KubernetesSite) -> Iterator[Found]:
    """Yield what is wrong with buildings that are declared one by one."""
    for index, building in enumerate(site.buildings):
        at = ("sites", name, "buildings", index)
        if building is None:
            continue
        if building.stage in NOT_HANDED_OVER and building.handed_over is not None:
            yield (*at, "handed_over"), f"a building that is {building.stage} is not handed over yet; correct its stage"
        if building.stage not in NOT_HANDED_OVER and building.handed_over is None:
            message = f"a building that is {building.stage} was handed over; say when: 'handed_over: YYYY-MM-DD'"
            yield at, message
    if site.provisioned and all(building is not None and not building.takes_pods for building in site.buildings):
        message = f"no building was handed over, so nothing can run on a site that is {site.lifecycle}; it is planned"
        yield ("sites", name, "buildings"), message


def _organization(declaration: Declaration) -> Iterator[Found]:
    organization = declaration.organization
    if organization is None:
        return
    if declaration.sandbox:
        yield ("organization",), "in a sandbox the stand-in organization brings its own root; remove 'organization'"
    for name, site in declaration.sites.items():
        if isinstance(site, AwsSite) and site.account == organization.account:
            message = (
                f"{site.account} is the account of site '{name}'; service control policies do not bind the management "
                "account: give the site an account of its own"
            )
            yield ("organization", "account"), message


def _approvers(declaration: Declaration) -> Iterator[Found]:
    """Yield each approver who could be taken for two: break-glass needs two people."""
    keys: dict[str, str] = {}
    names: dict[str, str] = {}
    for name, key in declaration.approvers.items():
        if (first := keys.setdefault(key, name)) != name:
            yield ("approvers", name), f"has the key of '{first}'; each approver needs a key of their own"
        if (first := names.setdefault(name.casefold(), name)) != name:
            yield ("approvers", name), f"differs from '{first}' in capital letters only; declare one of them"


def _aws_site(declaration: Declaration, name: str, site: AwsSite) -> Iterator[Found]:
    for gateway_name, gateway in declaration.gateways.items():
        if site.region not in gateway.machine_images:
            message = f"no machine image for {site.region}, the region of site '{name}'; add '{site.region}: ami-…'"
            yield ("gateways", gateway_name, "machine_images"), message


def _unknown(path: Keys, used: Iterable[str], known: Collection[str], what: str) -> Iterator[Found]:
    for name in used:
        if name not in known:
            yield path, undeclared(what, name, known)
