"""What rules ask of a Kubernetes resource: its objects, each with its survey, read once for all rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enclave_policies.kubernetes.objects import PREFIX, objects_of
from enclave_policies.kubernetes.survey import survey
from enclave_policies.resources.latest import of_the_latest

if TYPE_CHECKING:
    from enclave_policies.kubernetes.objects import KubernetesObject
    from enclave_policies.kubernetes.survey import Survey
    from enclave_policies.resources.resource import Resource

Surveyed = tuple["KubernetesObject", "Survey"]


@of_the_latest
def surveyed(resource: Resource) -> tuple[Surveyed, ...]:
    """Return the objects of a resource with what stands in them; none for what is no Kubernetes object."""
    if not resource.type.startswith(PREFIX):
        return ()
    return tuple((each, survey(each)) for each in objects_of(resource))
