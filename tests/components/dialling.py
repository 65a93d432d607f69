"""A declaration of which devices dial in: the shipped local stack with an entry over a Client VPN."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.components.declarations import changed

if TYPE_CHECKING:
    from pathlib import Path

ARRIVES: Final = """      dublin-1:
        over: client-vpn
        basis: inside
        server_certificate: arn:aws:acm:eu-west-1:111122223333:certificate/0b9c6f0e-5d0e-4a61-9c7e-1f2a3b4c5d6e
        client_authority: arn:aws:acm:eu-west-1:111122223333:certificate/7d1e2c3b-4a59-4687-b695-a4b3c2d1e0f9
        saml_provider: arn:aws:iam::111122223333:saml-provider/hamar-people
        groups: [enclave support, enclave operations]
        banner: You enter the enclave. What you do there is recorded.
"""
ENTRY: Final = f"""  - from: [10.220.0.0/22]  # devices that dial in
    to: ingress
    ports: [443]
    country: "NO"
    arrives:
{ARRIVES}"""
AFTER: Final = "entries:\n"


def with_dial_in(folder: Path, *changes: tuple[str, str]) -> Path:
    """Write the declaration, with texts replaced; each text must be there."""
    return changed(folder, (AFTER, AFTER + ENTRY), *changes)
