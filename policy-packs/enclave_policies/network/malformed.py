"""Objects of the network with a value that nobody can read, of whichever cloud."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from enclave_policies.network.aws.shapes import malformed as malformed_in_aws
from enclave_policies.network.kubernetes.shapes import malformed as malformed_in_clusters

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.resources.resource import Resource

MOST_PATHS: Final = 5
"""Paths of values that a message names."""


def malformed(resource: Resource) -> Iterator[str]:
    """Yield the path of each value that decides who reaches whom, and that has a shape which no cloud takes.

    Such a value counts as one that is not known: what it might open counts as open, and nothing else is touched.
    """
    yield from malformed_in_aws(resource)
    yield from malformed_in_clusters(resource)
