"""People in front of a gateway, whose requests can be as odd as a test wants."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPSConnectionPool
from urllib3.connection import HTTPSConnection

from sandbox.gateways.client import Person, device_of, told

if TYPE_CHECKING:
    import socket
    from pathlib import Path

    from sandbox.certificates import Authority
    from sandbox.gateways.station import Station
    from sandbox.services.identity_provider import IdentityProvider


class Balancer(HTTPAdapter):
    """Says before each connection from where it comes, as a balancer in AWS does."""

    def init_poolmanager(self, *given: Any, **named: Any) -> None:
        """Use connections that begin so."""
        super().init_poolmanager(*given, **named)
        self.poolmanager.pool_classes_by_scheme = {"https": _ToldPool}


class _ToldConnection(HTTPSConnection):
    def _new_conn(self) -> socket.socket:
        made = super()._new_conn()
        made.sendall(told("127.0.0.1", self.port or 0))
        return made


class _ToldPool(HTTPSConnectionPool):
    ConnectionCls = _ToldConnection


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
        headers = {**person.headers(self.identity, claims), **more.pop("headers", {})}
        return self._session().request(
            more.pop("method", "GET"),
            f"https://localhost:{self.station.port}{path}",
            headers={name: value for name, value in headers.items() if value is not None},
            cert=more.pop("cert", None) or self.device(person.device),
            verify=str(self.folder / "server-ca.pem"),
            timeout=20,
            **more,
        )

    def _session(self) -> requests.Session:
        session = requests.Session()
        if self.station.told:
            session.mount("https://", Balancer())
        return session

    def device(self, country: str) -> tuple[str, str]:
        """Return the certificate and key of a device that is registered in a country."""
        file = device_of(self.folder, self.devices, "europe", country)
        return str(file), str(file.with_suffix(".key"))
