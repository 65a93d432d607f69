"""Requests through a gateway beside the same requests through the same Envoy that asks nobody, in turns.

Both Envoys check the certificate and the token as the shipped bundle has it; one has no `ext_authz`. A third has no
`jwt_authn` either. Each is one process with one worker. What the authorizer does alone is measured at its socket.
"""

from __future__ import annotations

import asyncio
import json
import os
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

import grpc  # type: ignore[import-untyped]

from benchmarks.errors import NotMeasuredError
from benchmarks.figure import Figure, Target
from components.access.bundle import bundle_of, upstream_host
from components.declaration import load_declaration
from components.declaration.model import Decision, Identity
from hosts.gateway import protocol
from hosts.gateway.bundle import ENVOY, SETTINGS
from hosts.gateway.caller import IDENTITY, JWT
from sandbox.certificates import write_certificate
from sandbox.gateways.client import Client, Person, device_of
from sandbox.gateways.station import Station, Surroundings
from sandbox.services.identity_provider import IdentityProvider

if TYPE_CHECKING:
    import http.client
    from collections.abc import Callable, Iterator

    from benchmarks.workbench import Workbench

STACK: Final = Path(__file__).parents[1] / "stacks" / "local.yaml"
SITE, GATEWAY, PATH, PURPOSE = "hamar", "employees", "/records/1", "support"
KARI: Final = Person(employer="enclave-norway", purpose=PURPOSE)
ENCLAVE, HERE = "europe", "127.0.0.1"
ENTRY: Final = 700
"""Bytes, about as many as an entry of the record has."""
WARM, TURN, MEASURED, AT_ONCE = 10, 50, 1_500, 32
OK: Final = 200
AUTHZ: Final = "envoy.filters.http.ext_authz"
TOKENS: Final = "envoy.filters.http.jwt_authn"
DEIDENTIFYING: Final = ("refusing", "deidentifying")
"""They take what nobody was asked about for what must be de-identified."""
VARIANTS: Final = {"decided": (), "not asked": (AUTHZ, *DEIDENTIFYING), "TLS alone": (AUTHZ, TOKENS, *DEIDENTIFYING)}
"""Each variant's name, and the filters that its Envoy lacks."""
Seconds = dict[str, list[float]]


def measure(bench: Workbench) -> Iterator[Figure]:
    """Yield a decided request beside one that nobody is asked about (ms), and decisions beside syncs (1/s)."""
    rounds: list[Seconds] = []
    rates: list[tuple[float, float]] = []
    with bench.progress.step("requests through a gateway", "about 10 s a round") as step:
        for number in range(bench.rounds):
            step.note = f"round {number + 1} of {bench.rounds}"
            with TemporaryDirectory(prefix="enclave-bench-") as folder, _gateways(Path(folder)) as gateways:
                rounds.append(_in_turns(gateways))
                rates.append(_rates(gateways["decided"]))
    decided = _each("decided", median, rounds)
    beside = {name: median(_each(name, median, rounds)) for name in VARIANTS}
    what, peer = "a decided and recorded request", "the same Envoy, not asking"
    yield Figure(f"{what}, median", "ms", decided, peer, beside["not asked"], Target("gateway/Envoy", 3))
    yield Figure(f"{what}, median", "ms", decided, "an Envoy with TLS alone", beside["TLS alone"])
    yield Figure(f"{what}, p99", "ms", _each("decided", _p99, rounds), peer, median(_each("not asked", _p99, rounds)))
    decisions, syncs = zip(*rates, strict=True)
    yield Figure(
        f"decisions with their entries on the disk, {AT_ONCE} at once",
        "1/s",
        decisions,
        "syncs of that disk, one after the other",
        median(syncs),
    )


def _each(name: str, how: Callable[[list[float]], float], rounds: list[Seconds]) -> tuple[float, ...]:
    """Return a figure of each round in milliseconds."""
    return tuple(how(each[name]) * 1000 for each in rounds)


def _p99(seconds: list[float]) -> float:
    """Return the time that 99 of 100 requests stay under."""
    return sorted(seconds)[len(seconds) * 99 // 100]


@dataclass(frozen=True)
class _Gateway:
    station: Station
    client: Client
    headers: dict[str, str]


def _in_turns(gateways: dict[str, _Gateway]) -> Seconds:
    """Return the seconds of requests: some to each gateway in turn, so that all meet the same load, and warm."""
    found: Seconds = {name: [] for name in gateways}
    connections = {name: each.client.connected() for name, each in gateways.items()}
    while len(found["decided"]) < MEASURED:
        for name, connection in connections.items():
            taken = [_seconds(connection, gateways[name].headers) for _ in range(WARM + TURN)]
            found[name] += taken[WARM:]
    for connection in connections.values():
        connection.close()
    return found


def _seconds(connection: http.client.HTTPConnection, headers: dict[str, str]) -> float:
    began = time.perf_counter()
    connection.request("GET", PATH, headers=headers)
    answer = connection.getresponse()
    answer.read()
    if answer.status != OK:
        raise NotMeasuredError(f"a request was answered by {answer.status} instead of {OK}")
    return time.perf_counter() - began


def _rates(gateway: _Gateway) -> tuple[float, float]:
    """Return decisions in a second at the authorizer's socket, and syncs in a second of a file beside its record."""
    decisions = asyncio.run(_decisions(gateway.station.socket))
    with (gateway.station.record.parent / "syncs").open("wb", buffering=0) as file:
        began = time.perf_counter()
        for _ in range(MEASURED):
            file.write(bytes(ENTRY))
            os.fdatasync(file.fileno())
        return decisions, MEASURED / (time.perf_counter() - began)


async def _decisions(socket: Path) -> float:
    async with grpc.aio.insecure_channel(f"unix://{socket}") as channel:
        check = channel.unary_unary(f"/{protocol.SERVICE}/{protocol.METHOD}")
        question = _question()

        async def ask(count: int) -> None:
            for _ in range(count):
                answer = protocol.Response.FromString(await check(question))
                if answer.status.code != protocol.OK:
                    raise NotMeasuredError(f"the authorizer refused: {answer.denied_response.body.strip()}")

        await ask(WARM)
        began = time.perf_counter()
        each = MEASURED * 2 // AT_ONCE
        await asyncio.gather(*(ask(each) for _ in range(AT_ONCE)))
        return each * AT_ONCE / (time.perf_counter() - began)


def _question() -> bytes:
    """Return what Envoy would ask about Kari's request."""
    asked = protocol.Request()
    asked.attributes.source.principal = f"spiffe://{ENCLAVE}/device/{KARI.device}/laptop-1"
    asked.attributes.source.address.socket_address.address = HERE
    http_request = asked.attributes.request.http
    http_request.id, http_request.method, http_request.path = "r-1", "GET", PATH
    http_request.headers["enclave-purpose"] = PURPOSE
    said = asked.attributes.metadata_context.filter_metadata[JWT].fields[IDENTITY].struct_value.fields
    for name, value in {"sub": KARI.name, "employer": KARI.employer, "country": KARI.country}.items():
        said[name].string_value = value
    return bytes(asked.SerializeToString())


@contextmanager
def _gateways(folder: Path) -> Iterator[dict[str, _Gateway]]:
    """Run a gateway of each variant."""
    identity, surroundings = IdentityProvider(folder / "identity.json"), Surroundings()
    write_certificate(folder / "server-ca.pem", surroundings.servers.certificate)
    device = device_of(folder, surroundings.devices, ENCLAVE, KARI.device)
    headers = KARI.headers(identity)
    found = {}
    with ExitStack() as ends:
        for number, (name, lacks) in enumerate(VARIANTS.items()):
            station = Station(folder / str(number), _bundle(identity, lacks), surroundings, _host(), told=True)
            ends.callback(station.stop)
            station.start_upstream()
            if not lacks:
                station.start_authorizer()
            station.start_envoy()
            client = Client(station.port, folder / "server-ca.pem", device, HERE)
            found[name] = _Gateway(station, client, headers)
        yield found


def _host() -> str:
    declaration = load_declaration(STACK)
    return upstream_host(declaration, SITE, declaration.routes["records"])


def _bundle(identity: IdentityProvider, lacks: tuple[str, ...]) -> dict[str, str]:
    """Return the bundle of the local stack with a row that needs no grant, and without some of Envoy's filters.

    Its rows that pseudonymise stay, so the filters for these stand in the way of all requests.
    """
    declaration = load_declaration(STACK)
    row = {"from": ["NO"], "employer": ["enclave-norway"], "class": ["restricted"], "purpose": [PURPOSE]}
    declared = declaration.gateways[GATEWAY]
    table = [Decision.model_validate({**row, "result": "allow"}), *(each for each in declared.decide if each.flow)]
    gateway = declared.model_copy(update={"decide": table})
    files = bundle_of(
        declaration.model_copy(update={"gateways": {GATEWAY: gateway}}),
        SITE,
        GATEWAY,
        Identity.model_validate(identity.described),
    )
    settings = json.loads(files[SETTINGS])
    files[SETTINGS] = json.dumps({**settings, "networks": {"127.0.0.0/8": "NO"}})  # everybody comes from here
    envoy = json.loads(files[ENVOY])
    manager = envoy["static_resources"]["listeners"][0]["filter_chains"][0]["filters"][0]["typed_config"]
    manager["http_filters"] = [each for each in manager["http_filters"] if each["name"] not in lacks]
    files[ENVOY] = json.dumps(envoy)
    return files
