"""Container image references: which registry serves them, and whether it may."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from enclave_policies.identifiers.image_references import split_image
from enclave_policies.identifiers.shown import shown
from enclave_policies.places.regions import Refusal, refused_region

if TYPE_CHECKING:
    from enclave_policies.law import Law

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
