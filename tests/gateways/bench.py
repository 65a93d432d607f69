"""People in front of a gateway: each has a device, works for somebody, and says where they are and what for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import requests

from sandbox.gateways.certificates import Authority, issue

if TYPE_CHECKING:
    from pathlib import Path

    from sandbox.gateways.station import Station
    from sandbox.services.identity_provider import IdentityProvider


@dataclass(frozen=True)
class Person:
    """Who asks: by default somebody in Norway who may."""

    name: str = "kari"
    employer: str = "fjord"
    country: str = "NO"
    device: str = "NO"
    purpose: str = "support"


@dataclass
class People:
    """Sends requests of people through one gateway."""

    station: Station
    identity: IdentityProvider
    devices: Authority
    folder: Path

    def ask(
        self, person: Person, path: str = "/records/1", *, claims: dict[str, Any] | None = None, **more: Any
    ) -> Any:
        """Return the gateway's answer; ``claims`` change the token, ``more`` goes to the request."""
        said = {"employer": person.employer, "country": person.country, **(claims or {})}
        token = self.identity.token(person.name, said.pop("employer"), said.pop("country"), **said)
        headers = {
            "authorization": f"Bearer {token}",
            "enclave-purpose": person.purpose,
            **more.pop("headers", {}),
        }
        return requests.request(
            more.pop("method", "GET"),
            f"https://localhost:{self.station.port}{path}",
            headers={name: value for name, value in headers.items() if value is not None},
            cert=more.pop("cert", None) or self.device(person.device),
            verify=str(self.folder / "server-ca.pem"),
            timeout=20,
            **more,
        )

    def device(self, country: str) -> tuple[str, str]:
        """Return the certificate and key of a device that is registered in a country."""
        file = f"device-{country}"
        if not (self.folder / f"{file}.pem").exists():
            issue(self.folder, file, self.devices, names=[f"spiffe://europe/device/{country}/laptop-1"])
        return str(self.folder / f"{file}.pem"), str(self.folder / f"{file}.key")


def but(person: Person, **changes: str) -> Person:
    """Return a person with something else about them."""
    return replace(person, **changes)
