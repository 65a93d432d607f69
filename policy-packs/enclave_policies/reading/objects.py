"""What rules ask of a Kubernetes resource: its objects, each with its survey, read once for all rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enclave_policies.kubernetes.objects import PREFIX, objects_of
from enclave_policies.kubernetes.own import has_own_endpoint
from enclave_policies.kubernetes.survey import survey

if TYPE_CHECKING:
    from enclave_policies.kubernetes.objects import KubernetesObject
    from enclave_policies.kubernetes.survey import Survey
    from enclave_policies.reading.reading import Reading
    from enclave_policies.resources.resource import Resource

Surveyed = tuple["KubernetesObject", "Survey"]

_last: tuple[Resource | None, tuple[Surveyed, ...]] = (None, ())


def surveyed(reading: Reading) -> tuple[Surveyed, ...]:
    """Return the objects of a resource with what stands in them; none for what is no Kubernetes object.

    The last answer is kept, as all rules ask about one resource in turn.
    """
    global _last  # noqa: PLW0603 (one pair, replaced at once)
    resource = reading.resource
    if not resource.type.startswith(PREFIX):
        return ()
    known, found = _last
    if known is not resource:
        found = tuple((each, survey(each)) for each in objects_of(resource))
        _last = (resource, found)
    return found


def has_own_store(reading: Reading) -> bool:
    """Return whether a Kubernetes resource names an object store of the enclave: then its buckets are that store's."""
    return any(has_own_endpoint(survey, reading.law, store=True) for _, survey in surveyed(reading))
