"""The claims of a resource: what the texts in it say that a program will read, wherever they stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enclave_policies.kubernetes.contents import blocks, told
from enclave_policies.kubernetes.surveyed import surveyed
from enclave_policies.texts.programs.defaults import defaults
from enclave_policies.texts.reader import claims_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from enclave_policies.kubernetes.objects import KubernetesObject
    from enclave_policies.kubernetes.survey import Survey
    from enclave_policies.resources.claim import Claim
    from enclave_policies.resources.resource import Resource
    from enclave_policies.texts.reader import Text


def claims(resource: Resource, texts: Iterable[Text]) -> Iterator[Claim]:
    """Yield the claims of a resource: of the texts in AWS inputs, and of what an object tells its programs."""
    for text in texts:
        yield from claims_of(text)
    for found, survey in surveyed(resource):
        yield from of_object(found, survey)


def of_object(found: KubernetesObject, survey: Survey) -> Iterator[Claim]:
    """Yield the claims of what one object tells its programs."""
    for text in told(found, survey):
        yield from claims_of(text)
    head = f"{found.group}/{found.kind}"
    for path, block in blocks(found, survey):
        for claim in defaults(head, path, block, found.body):
            whole = ".".join(filter(None, (*path, claim.path)))
            yield claim._replace(path=f"{found.path}{whole}", block=(found.path, *path))
