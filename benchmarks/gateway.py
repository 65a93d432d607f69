"""A request through a gateway beside the same request through an Envoy that asks nobody, one after the other."""

from __future__ import annotations

import http.client
import json
import ssl
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from benchmarks.errors import NotMeasuredError
from benchmarks.figure import Figure, Target
from components.access.bundle import bundle_of, upstream_host
from components.declaration import load_declaration
from components.declaration.model import Decision, Identity
from hosts.gateway.bundle import ENVOY, SETTINGS
from sandbox.gateways.certificates import issue, write_certificate
from sandbox.gateways.station import Station, Surroundings
from sandbox.services.identity_provider import IdentityProvider

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.workbench import Workbench

STACK: Final = Path(__file__).parents[1] / "stacks" / "local.yaml"
SITE, GATEWAY, PATH, PURPOSE = "hamar", "employees", "/records/1", "support"
WARM, MEASURED = 200, 2_000
OK: Final = 200


@dataclass(frozen=True)
class Latencies:
    """Seconds of requests, one after the other over one connection."""

    seconds: tuple[float, ...]

    @property
    def p99(self) -> float:
        """The time that 99 of 100 requests stay under."""
        return sorted(self.seconds)[len(self.seconds) * 99 // 100]


def measure(bench: Workbench) -> Iterator[Figure]:
    """Yield the median and the 99th percentile of a decided request beside those of a plain one, in milliseconds."""
    plain: list[Latencies] = []
    decided: list[Latencies] = []
    with bench.progress.step("requests through a gateway", "about 30 s") as step:
        for number in range(bench.rounds):
            step.note = f"round {number + 1} of {bench.rounds}"
            plain.append(_latencies(asks=False))
            decided.append(_latencies(asks=True))
    base = median(median(each.seconds) for each in plain) * 1000
    medians = tuple(median(each.seconds) * 1000 for each in decided)
    target = Target("gateway/Envoy", 3)
    yield Figure("a decided and recorded request, median", "ms", medians, "an Envoy that asks nobody", base, target)
    slowest = median(each.p99 for each in plain) * 1000
    yield Figure(
        "a decided and recorded request, 99th percentile",
        "ms",
        tuple(each.p99 * 1000 for each in decided),
        "an Envoy that asks nobody",
        slowest,
    )


def _latencies(*, asks: bool) -> Latencies:
    with TemporaryDirectory(prefix="enclave-bench-") as folder, _running(Path(folder), asks=asks) as (port, ask):
        connection = http.client.HTTPSConnection("localhost", port, context=ask.context, timeout=20)
        seconds = []
        for number in range(WARM + MEASURED):
            began = time.perf_counter()
            connection.request("GET", PATH, headers=ask.headers)
            answer = connection.getresponse()
            answer.read()
            if answer.status != OK:
                raise NotMeasuredError(f"a request was answered by {answer.status} instead of {OK}")
            if number >= WARM:
                seconds.append(time.perf_counter() - began)
        connection.close()
        return Latencies(tuple(seconds))


@dataclass(frozen=True)
class _Ask:
    context: ssl.SSLContext
    headers: dict[str, str]


@contextmanager
def _running(folder: Path, *, asks: bool) -> Iterator[tuple[int, _Ask]]:
    identity, surroundings = IdentityProvider(folder / "identity.json"), Surroundings()
    station = Station(folder / "station", _bundle(identity, asks=asks), surroundings, _host())
    write_certificate(folder / "server-ca.pem", surroundings.servers.certificate)
    issue(folder, "device", surroundings.devices, names=["spiffe://europe/device/NO/laptop-1"])
    context = ssl.create_default_context(cafile=str(folder / "server-ca.pem"))
    context.load_cert_chain(folder / "device.pem", folder / "device.key")
    token = identity.token("kari", "enclave-norway", "NO")
    try:
        station.start_upstream()
        if asks:
            station.start_authorizer()
        station.start_envoy()
        yield station.port, _Ask(context, {"authorization": f"Bearer {token}", "enclave-purpose": PURPOSE})
    finally:
        station.stop()


def _host() -> str:
    declaration = load_declaration(STACK)
    return upstream_host(declaration, SITE, declaration.routes["records"])


def _bundle(identity: IdentityProvider, *, asks: bool) -> dict[str, str]:
    """Return the bundle of the local stack, with a row that needs no grant; without ``asks`` Envoy asks nobody."""
    declaration = load_declaration(STACK)
    row = {"from": ["NO"], "employer": ["enclave-norway"], "class": ["restricted"], "purpose": [PURPOSE]}
    table = [Decision.model_validate({**row, "result": "allow"})]
    gateway = declaration.gateways[GATEWAY].model_copy(update={"decide": table})
    files = bundle_of(
        declaration.model_copy(update={"gateways": {GATEWAY: gateway}}),
        SITE,
        GATEWAY,
        Identity.model_validate(identity.described),
    )
    settings = json.loads(files[SETTINGS])
    files[SETTINGS] = json.dumps({**settings, "networks": {"127.0.0.0/8": "NO"}})  # everybody comes from here
    if not asks:
        envoy = json.loads(files[ENVOY])
        manager = envoy["static_resources"]["listeners"][0]["filter_chains"][0]["filters"][0]["typed_config"]
        manager["http_filters"] = manager["http_filters"][-1:]
        files[ENVOY] = json.dumps(envoy)
    return files
