"""Which secrets a run against a real stack needs, told from where its state, its secrets and its sites are."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_OF_AWS: Final = ("s3://", "awskms://")
_SERVICES: Final = ("https://", "http://")


class Need(Enum):
    """A secret, as its reader knows it; in the order in which it is told."""

    BACKEND = "PULUMI_BACKEND_URL"
    TOKEN = "PULUMI_ACCESS_TOKEN"  # noqa: S105  the name of the variable
    PASSPHRASE = "PULUMI_CONFIG_PASSPHRASE (or PULUMI_CONFIG_PASSPHRASE_FILE, which names a file)"  # noqa: S105
    AWS = "credentials of AWS"
    EVIDENCE = "ENCLAVE_EVIDENCE_KEY (awskms:KEY, pkcs11:… or a file)"
    GITHUB = "GITHUB_TOKEN"
    GITLAB = "ENCLAVE_GITLAB_TOKEN (a project's access token)"


@dataclass(frozen=True)
class Homes:
    """Where a stack's state is kept (None where nobody says), and what seals its secrets (empty: the default)."""

    backend: str | None
    sealed_by: str = ""


def needs_of(homes: Homes, *, aws_sites: bool = False, secrets: bool = True) -> tuple[Need, ...]:
    """Return what a run needs; ``aws_sites``: it plans some, ``secrets``: it reads the stack's.

    What a cluster asks for stands in the stack's settings, and the program names a kubeconfig that is not there.
    """
    return tuple(_needs(homes, aws_sites=aws_sites, secrets=secrets))


def _needs(homes: Homes, *, aws_sites: bool, secrets: bool) -> Iterator[Need]:
    backend = homes.backend or ""
    yield Need.BACKEND
    served = backend.startswith(_SERVICES)
    if served:
        yield Need.TOKEN
    by_passphrase = homes.sealed_by == "passphrase" or not (homes.sealed_by or served)
    if secrets and by_passphrase:
        yield Need.PASSPHRASE
    if aws_sites or backend.startswith(_OF_AWS) or (secrets and homes.sealed_by.startswith(_OF_AWS)):
        yield Need.AWS
