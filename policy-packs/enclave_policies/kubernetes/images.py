"""Container image references: which registry serves them, and whether it may."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from enclave_policies.identifiers.shown import shown
from enclave_policies.places.regions import Refusal, refused_region

if TYPE_CHECKING:
    from enclave_policies.law import Law

DEFAULT_REGISTRY: Final = "docker.io"
ALIASES: Final = {"index.docker.io": DEFAULT_REGISTRY, "registry-1.docker.io": DEFAULT_REGISTRY}
TRANSPORTS: Final = re.compile(r"(?i)^(?:docker|oci|docker-pullable|docker-image|containerd|https?)://")
HOST: Final = re.compile(r"[a-z0-9][a-z0-9.-]*(?::\d+)?|\[[0-9a-f:.]+\](?::\d+)?")
REFERENCE: Final = re.compile(
    r"[a-z0-9][a-z0-9._-]*(/[a-z0-9][a-z0-9._-]*)*(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(@[a-z0-9+._-]+:[0-9a-fA-F]+)?"
)
ECR: Final = re.compile(
    r"(\d{12})\.dkr[.-]ecr(?:-fips)?\.([a-z0-9-]+)\.(?:amazonaws\.(?:com(?:\.cn)?|eu)|on\.(?:aws|amazonwebservices\.\w+))"
)
"""A private registry of AWS: account and region."""


@lru_cache(maxsize=1 << 14)
def refused_image(text: str, law: Law) -> Refusal | None:
    """Return why an image may not be run, None when its registry is own, an own mirror's upstream or own ECR."""
    registry, path = split_image(text)
    if registry is None or not REFERENCE.fullmatch(path):
        return Refusal(f"whose reference cannot be read: {shown(text)}", None, None)
    if _approved(registry, path, law):
        return None
    ecr = ECR.fullmatch(registry)
    if ecr is None:
        return Refusal(f"from the registry {shown(registry)}", registry, None)
    account, region = ecr.groups()
    if not law.owns_account(account):
        return Refusal(f"from the registry of the AWS account {account}", registry, None)
    refusal = refused_region(region, law)
    return refusal and Refusal(f"from a registry in {refusal.words}", refusal.where, refusal.country)


def _approved(registry: str, path: str, law: Law) -> bool:
    for own in law.registries:
        host, _, prefix = own.rstrip("/").partition("/")
        if registry in (host, f"{host}:443") and (not prefix or path.startswith(f"{prefix}/")):
            return True
    return registry in law.mirrors


def split_image(text: str) -> tuple[str | None, str]:
    """Return the registry's host, as a container runtime would understand it, and the rest; None for no reference.

    The first component is a registry only where it holds a dot or a colon, or is ``localhost``.
    """
    reference = TRANSPORTS.sub("", text)
    first, slash, rest = reference.partition("/")
    if slash and ("." in first or ":" in first or first.lower() == "localhost" or first != first.lower()):
        registry = first.lower()
        if not HOST.fullmatch(registry):
            return None, text
        return (ALIASES.get(registry, registry), rest) if rest else (None, text)
    if not reference or re.fullmatch(r"sha256:[0-9a-f]{64}", reference):
        return None, text
    return DEFAULT_REGISTRY, reference if slash else f"library/{reference}"
