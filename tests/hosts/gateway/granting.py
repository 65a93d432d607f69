"""Grants as people make them: terms, signatures of approvers whose keys come from their names, and who asks."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from components.access.bundle import bundle_of
from components.declaration import load_declaration
from hosts.gateway import dsse
from hosts.gateway.bundle import SETTINGS, settings_of
from hosts.gateway.caller import Caller
from hosts.gateway.grant_terms import GRANT_KIND, REVOCATION_KIND, Revocation, Terms, as_text
from hosts.gateway.location import Witnesses

if TYPE_CHECKING:
    from hosts.gateway.bundle import Settings

DECLARED = Path(__file__).parents[2] / "gateways" / "enclave.yaml"
NOON = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
TERMS = Terms(
    "g-1", "europe", "kari", "employees", ("hamar",), ("restricted",), "repair", "INC-7", NOON, NOON, 60, False
)
CALLER = Caller(
    "r-1",
    "kari",
    "fjord",
    Witnesses("NO", "NO", "NO"),
    "spiffe://europe/device/NO/laptop-1",
    "/records/",
    "restricted",
    "repair",
    "g-1",
)


@cache
def bundle() -> dict[str, str]:
    """The bundle of the declared gateway."""
    return bundle_of(load_declaration(DECLARED), "hamar", "employees", None)


def settings() -> Settings:
    """What the gateway knows, from the declaration."""
    return settings_of(bundle()[SETTINGS])


def key_of(name: str) -> Ed25519PrivateKey:
    """Return the private key of a name."""
    return Ed25519PrivateKey.from_private_bytes(sha256(name.encode()).digest())


def terms(**changes: Any) -> Terms:
    """Return the terms of a good grant, but for some of them."""
    return replace(TERMS, **changes)


def sealed(payload: bytes, kind: str, *signers: str, keys: dict[str, str] | None = None) -> bytes:
    """Return an envelope with signatures; ``keys`` lets a name sign with the key of another."""
    envelope = dsse.unsigned(payload, kind)
    for name in signers:
        dsse.sign(envelope, name, key_of((keys or {}).get(name, name)))
    return dsse.written(envelope)


def grant(*signers: str, keys: dict[str, str] | None = None, **changes: Any) -> bytes:
    """Return a grant's file, signed by some; its terms are good but for the changes."""
    return sealed(as_text(terms(**changes)), GRANT_KIND, *signers, keys=keys)


def revocation(*signers: str, name: str = "g-1", enclave: str = "europe") -> bytes:
    """Return a revocation's file."""
    return sealed(as_text(Revocation(name, enclave, NOON)), REVOCATION_KIND, *signers)
