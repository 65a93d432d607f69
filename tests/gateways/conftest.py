"""One gateway that really runs, for all tests that only ask it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from components.access.bundle import bundle_of, upstream_host
from components.declaration import load_declaration
from components.declaration.model import Identity
from sandbox.certificates import write_certificate
from sandbox.gateways.station import Station, Surroundings
from sandbox.services.identity_provider import AUDIENCE, ISSUER, IdentityProvider
from tests.gateways.bench import People

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import Any

DECLARED = Path(__file__).parent / "enclave.yaml"


def people_at(
    folder: Path,
    networks: dict[str, str],
    authorizer: Sequence[str] = ("-m", "hosts.serving"),
    seeded: Callable[[dict[str, Any]], object] | None = None,
    site: str = "hamar",
) -> People:
    """Return people before a gateway that is not started yet; ``networks`` are those of arrival.

    ``seeded`` changes Envoy's configuration, as a seeded bug does.
    """
    declaration = load_declaration(DECLARED)
    identity = IdentityProvider(folder / "identity.json")
    declared = Identity(issuer=ISSUER, audience=AUDIENCE, jwks=identity.jwks)
    bundle = bundle_of(declaration, site, "employees", declared)
    settings = json.loads(bundle["gateway.json"])
    bundle["gateway.json"] = json.dumps({**settings, "networks": {**settings["networks"], **networks}})
    if seeded:
        envoy = json.loads(bundle["envoy.json"])
        seeded(envoy)
        bundle["envoy.json"] = json.dumps(envoy)
    surroundings = Surroundings()
    host = upstream_host(declaration, site, declaration.routes["records"])
    station = Station(folder / site, bundle, surroundings, host, authorizer=authorizer)
    write_certificate(folder / "server-ca.pem", surroundings.servers.certificate)
    return People(station, identity, surroundings.devices, folder)


@pytest.fixture(scope="session")
def people(tmp_path_factory: pytest.TempPathFactory) -> Iterator[People]:
    # Everybody here arrives from the loopback: a stand-in for an office in Norway.
    made = people_at(tmp_path_factory.mktemp("gateway"), {"127.0.0.0/8": "NO"})
    made.station.start()
    yield made
    made.station.stop()
