"""The gateways of a stack, and the approval that each has, or why it has none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from enclave_policies.access.approvals import Wanted, approvals_in, last_day, reason, words
from enclave_policies.access.authorizers import authorizers_of, image_digest, words_of
from enclave_policies.access.bundles import OBJECTS, bundles_of
from enclave_policies.access.hosts import LAUNCHING
from enclave_policies.access.recognised import mapped
from enclave_policies.access.signed_folders import folders_of
from enclave_policies.access.watched import runs
from enclave_policies.law.folder.access import access_of
from enclave_policies.places.clusters import binding_of
from enclave_policies.places.placement import is_aws, is_kubernetes
from enclave_policies.places.regions import only_stand_ins
from enclave_policies.reading.gathered import each, once
from enclave_policies.reading.reading import Reading
from enclave_policies.reading.stack import Stack
from enclave_policies.resources.unknown import UNKNOWN
from hosts.gateway.bundle import SETTINGS, digest_of, settings_of
from hosts.gateway.errors import BundleError
from hosts.watch.starting import PROGRAM, WATCH, scheduled_by, start_digest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from enclave_policies.access.approvals import Approval
    from enclave_policies.access.authorizers import Authorizer
    from enclave_policies.law import Law
    from enclave_policies.resources.resource import Resource
    from hosts.gateway.bundle import Settings

ENCLAVE: Final = "enclave/enclave"
SHOWN: Final = 3
"""Approvals that a message tells of."""


@dataclass(frozen=True)
class Standing:
    """How one gateway stands: what needs the approval, and the approval that counts, with its last day, if any.

    ``others`` tell of approvals that do not count, and why. ``unknown``: nobody knows what would run; ``unpinned``: an
    image has no digest.
    """

    wanted: Wanted
    approval: Approval | None = None
    ends: date | None = None
    others: tuple[str, ...] = ()
    unknown: bool = False
    unpinned: bool = False

    def ends_soon(self, law: Law) -> bool:
        """Return whether the approval counts now, and so shortly before its end that the law makes it a warning."""
        days = access_of(law).approval_warning_days
        return self.ends is not None and (self.ends - law.day).days < days

    def told(self) -> str:
        """Return what approvals there are that do not count."""
        more = f"; and {len(self.others) - SHOWN} more" if len(self.others) > SHOWN else ""
        return f"{'; '.join(self.others[:SHOWN]) or 'no approval'}{more}"


@dataclass(frozen=True)
class Inspected:
    """One gateway as it is planned: the resource and the path of the input where it stands."""

    urn: str
    path: str
    standing: Standing


def approvals_of(stack: str, law: Law) -> tuple[Approval, ...]:
    """Return the approvals of a stack; of all stacks where nobody says which."""
    return tuple(found for folder in folders_of(stack, law) for found in approvals_in(folder, law))


@once
def inspected(stack: Stack) -> tuple[Inspected, ...]:
    """Return every gateway of a stack (each authorizer, each bundle that no authorizer insists on) and every watch."""
    return (*_gateways(stack), *_watches(stack))


def _watches(stack: Stack) -> Iterator[Inspected]:
    """Yield every watch that a cluster runs by itself; what an inspector approves of it is how it starts."""
    for run in runs(stack):
        words = [words_of(one) for _, one in run.pods.containers]
        start = next((found for found in map(scheduled_by, words) if found), None)
        schedule = mapped(run.pods.made.spec).get("schedule")
        command = next((found for found in words if PROGRAM in found), [])
        images = frozenset(image_digest(mapped(one).get("image")) for _, one in run.pods.containers)
        enclave, real = str(run.pods.labels.get(ENCLAVE)), _is_real(run.reading.resource, run.reading.law)
        site = start.site if start else str(run.site)
        wanted = Wanted(stack.name, enclave, site, WATCH, start_digest(schedule, command), images, real)
        yield _inspected(wanted, run.reading, f"{run.pods.path}.containers")


def _gateways(stack: Stack) -> tuple[Inspected, ...]:
    readings = list(stack.readings.values())
    held = {held.digest: held for found in each(stack, readings, _held) for held in found}
    if not held:
        return ()
    running = [pair for found in each(stack, readings, _authorizers) for pair in found]
    pinned = {run.digest for _, run in running}
    return (
        *(
            _inspected(_wanted(stack, reading, held[run.digest], run.images), reading, run.path)
            for reading, run in running
            if run.digest in held
        ),
        *(
            _inspected(_wanted(stack, one.reading, one, frozenset()), one.reading, one.path)
            for digest, one in held.items()
            if digest not in pinned
        ),
    )


def inspected_in(resources: Iterable[Resource], law: Law) -> tuple[Inspected, ...]:
    """Return every gateway among the resources of a state."""
    types = OBJECTS | LAUNCHING
    concerned = (each for each in resources if each.type in types or each.type.startswith("kubernetes:"))
    return inspected(Stack(Reading(resource, law, {}) for resource in concerned))


def standing(wanted: Wanted, law: Law) -> Standing:
    """Return whether something that runs somewhere has an approval."""
    if UNKNOWN in wanted.images:
        return Standing(wanted, unknown=True)
    if None in wanted.images:
        return Standing(wanted, unpinned=True)
    found = [(one, reason(one, wanted, law)) for one in approvals_of(wanted.stack, law)]
    good = [(ends, one) for one, why in found if not why and (ends := last_day(one, law)) is not None]
    if good:
        ends, approval = max(good, key=lambda pair: (pair[0], pair[1].file))
        return Standing(wanted, approval, ends)
    near = [(one, why) for one, why in found if _is_near(one, wanted)]
    return Standing(wanted, others=tuple(f"{one.file}: {words(one, why)}" for one, why in near))


def command(wanted: Wanted, law: Law) -> str:
    """Return the one command that makes an approval."""
    stack = wanted.stack or "STACK"
    if law.stand_in_inspectors and not wanted.real:
        return f"`enclave sandbox approve {stack}` lets the sandbox's stand-in inspector sign it"
    options = f"--site {wanted.site} --gateway {wanted.gateway} --as NAME --key FILE --expires DATE"
    return f"let an inspector look at it and run `enclave inspect sign {stack} {options}`"


def _inspected(wanted: Wanted, reading: Reading, path: str) -> Inspected:
    return Inspected(reading.resource.urn, path, standing(wanted, reading.law))


def _is_near(found: Approval, wanted: Wanted) -> bool:
    """Return whether an approval that does not count is worth telling: it is of this gateway, or says nothing."""
    terms = found.terms
    return terms is None or (terms.site, terms.gateway) == (wanted.site, wanted.gateway)


@dataclass(frozen=True)
class _Held:
    """A bundle that a resource holds, and what it says of itself."""

    digest: str
    settings: Settings
    reading: Reading
    path: str


def _held(reading: Reading) -> list[_Held]:
    return [
        _Held(digest_of(bundle.files), settings, reading, bundle.path)
        for bundle in bundles_of(reading.resource)
        if bundle.files is not None and (settings := _settings(bundle.files[SETTINGS])) is not None
    ]


def _authorizers(reading: Reading) -> list[tuple[Reading, Authorizer]]:
    return [(reading, run) for run in authorizers_of(reading.resource)]


def _wanted(stack: Stack, reading: Reading, held: _Held, images: frozenset[Any]) -> Wanted:
    own, real = held.settings, _is_real(reading.resource, reading.law)
    return Wanted(stack.name, own.enclave, own.site, own.gateway, held.digest, images, real)


def _settings(text: str) -> Settings | None:
    """Return what a bundle says of itself; None where it is damaged, which ACC-002 refuses."""
    try:
        return settings_of(text)
    except BundleError:
        return None


@once
def reaches_real_places(stack: Stack) -> bool:
    """Return whether anything of a stack would be in a real place, so that no stand-in speaks for its sites."""
    return any(each(stack, stack.readings.values(), lambda reading: _is_real(reading.resource, reading.law)))


def _is_real(resource: Resource, law: Law) -> bool:
    """Return whether a resource would be in a real place; what nobody knows, other rules refuse."""
    provider = resource.provider
    if provider is None or not law.stand_in_inspectors:
        return not law.stand_in_inspectors
    if is_kubernetes(resource):
        binding = binding_of(provider, law)
        return binding is not UNKNOWN and binding.cluster is not None and not binding.cluster.stand_in
    endpoints = provider.props.get("endpoints")
    return is_aws(resource) and endpoints is not UNKNOWN and not only_stand_ins(endpoints, law)
