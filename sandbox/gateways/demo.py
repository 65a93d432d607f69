"""`python -m sandbox.gateways.demo [SITE …]`: what gateways answer, on the real Envoy and the real authorizer.

It takes each gateway as its cloud holds it, one for each kind of site, or those of the sites that are named. What
runs as a service of the sandbox is left alone. Nothing of it stays but its record. Exit codes: 0 everything
was answered as it says, 1 something was not, 3 there is no sandbox or no gateway in it.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from hosts.gateway import dsse
from hosts.gateway.bundle import ENVOY, SETTINGS
from hosts.gateway.grant_terms import GRANT_KIND, as_text, made
from hosts.gateway.granted import GRANT_FILE
from hosts.gateway.signed_terms import shown
from sandbox import environment
from sandbox.certificates import write_certificate
from sandbox.gateways.approvers import key_of, write_key
from sandbox.gateways.client import Answer, Client, Person, device_of
from sandbox.gateways.found import gateways
from sandbox.gateways.station import PATIENCE, Station, Surroundings
from sandbox.gateways.upstream import RECORDS
from sandbox.layout import Layout
from sandbox.register import NoSandboxError
from sandbox.services.identity_provider import IdentityProvider

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sandbox.gateways.running import Running

NORWAY: Final = "10.200.1.17"
"""An address of the offices that the local stack declares."""
STACK, APPROVER, NORWEGIAN = "local", "aoife", "enclave-norway"
GOOD, WRONG, NONE = 0, 1, 3


class Demo:
    """The gateway of the local stack, with people before it."""

    def __init__(self, folder: Path, running: Running, identity: IdentityProvider) -> None:
        self.folder, self.running, self._identity = folder, running, identity
        self._surroundings = Surroundings()
        self.station = Station(folder, running.files, self._surroundings, _upstream(running), told=True)
        write_certificate(folder / "server-ca.pem", self._surroundings.servers.certificate)
        self._settings = json.loads(running.files[SETTINGS])
        self.failed: list[str] = []

    def scene(self, title: str, answer: Answer, status: int, reason: str = "") -> None:
        """Show an answer, and note whether it is the one that is due."""
        good = (answer.status, answer.reason) == (status, reason)
        told = f"{answer.status} {answer.reason}".strip()
        last = self._last()
        recorded = f"recorded as {last['result']}, line {last['seq'] + 1}" if last else "no line in the record"
        _say(f"{'✓' if good else '✗'} {title}", f"    {told}; {recorded}")
        if not good:
            self.failed.append(title)

    def ask(self, person: Person, path: str, purpose: str, grant: str = "") -> Answer:
        """Send a request of a person, from an office in Norway."""
        device = device_of(self.folder, self._surroundings.devices, self._settings["enclave"], person.device)
        headers = replace(person, purpose=purpose).headers(self._identity)
        client = Client(self.station.port, self.folder / "server-ca.pem", device, NORWAY)
        self._before = self._lines()
        return client.get(path, {**headers, **({"enclave-grant": grant} if grant else {})})

    def grant(self, purpose: str = "support") -> str:
        """Request a grant and approve it, with the commands that people use; return its id."""
        desk = self.folder / "desk"
        desk.mkdir(exist_ok=True)
        key = self.folder / f"{APPROVER}.pem"
        if not key.exists():
            write_key(APPROVER, key)
        words = ["--as", "kari", "--gateway", self.running.gateway, "--site", self.running.site]
        words += [
            "--class",
            "restricted",
            "--purpose",
            purpose,
            "--ticket",
            "ENC-112",
            "--minutes",
            "60",
            "--dir",
            str(desk),
        ]
        name = self._enclave("request", STACK, *words).partition(":")[0]
        self._enclave("approve", STACK, name, "--as", APPROVER, "--key", str(key), "--dir", str(desk))
        shutil.copy(desk / f"{name}{GRANT_FILE}", self.station.grants)
        return name

    def left(self, title: str, answer: Answer, before: Answer) -> None:
        """Show an answer that left de-identified, and note whether it hides what it must, and is as the one before."""
        texts = [value for record in RECORDS for value in record.values() if isinstance(value, str)]
        hidden = not any(text in answer.body for text in texts)
        good = (answer.status, answer.body) == (200, before.body) and hidden
        _say(f"{'✓' if good else '✗'} {title}", f"    {answer.status} {answer.body.strip()}")
        if not good:
            self.failed.append(title)

    def ask_while_killed(self, person: Person, path: str, purpose: str, grant: str) -> Answer:
        """Send a request, and kill the authorizer with the de-identifier while the application thinks about it."""
        served = self.folder / "tls" / "served.log"
        before = served.stat().st_size
        with ThreadPoolExecutor(1) as asking:
            answer = asking.submit(self.ask, person, path, purpose, grant)
            until = time.monotonic() + PATIENCE
            while served.stat().st_size == before and time.monotonic() < until:
                time.sleep(0.01)
            self.station.end("authorizer", kill=True)
            return answer.result()

    def ended_grant(self) -> str:
        """Put a grant into the gateway's folder that was good two hours ago; return its id."""
        begins = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=2)
        terms = made(
            {
                "id": "g-ended",
                "enclave": self._settings["enclave"],
                "requester": "kari",
                "gateway": self.running.gateway,
                "sites": [self.running.site],
                "classes": ["restricted"],
                "purpose": "support",
                "ticket": "ENC-111",
                "issued": shown(begins),
                "begins": shown(begins),
                "minutes": 60,
                "break_glass": False,
            }
        )
        envelope = dsse.unsigned(as_text(terms), GRANT_KIND)
        dsse.sign(envelope, APPROVER, key_of(APPROVER))
        (self.station.grants / f"{terms.id}{GRANT_FILE}").write_bytes(dsse.written(envelope))
        return terms.id

    def _enclave(self, *words: str) -> str:
        command = [sys.executable, "-c", "from console.entry import main; main()", "access", *words]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=environment.REPOSITORY)
        if done.returncode:
            raise RuntimeError(f"`enclave access {' '.join(words)}` ended with {done.returncode}: {done.stderr}")
        return done.stdout

    def _lines(self) -> list[str]:
        return self.station.record.read_text(encoding="utf-8").splitlines() if self.station.record.exists() else []

    def _last(self) -> dict[str, Any] | None:
        """Return the entry that the last request left, None where it left none."""
        new = self._lines()[len(self._before) :]
        entries = [json.loads(line) for line in new if line.endswith("}")]
        return next((entry for entry in reversed(entries) if entry.get("kind") == "decision"), None)


def scenes(demo: Demo) -> None:
    """Show what is let through and what is not."""
    metrics, records = "/metrics/cpu", "/records/phone_number/1"
    kari = Person(employer=NORWEGIAN)
    demo.scene("telemetry, for operations, from an office in Norway", demo.ask(kari, metrics, "operations"), 200)
    demo.scene("phone numbers without a grant", demo.ask(kari, records, "support"), 403, "no-row")
    name = demo.grant()
    demo.scene("phone numbers with a grant that Aoife approved", demo.ask(kari, records, "support", name), 200)
    china = Person(employer=NORWEGIAN, country="CN", device="CN")
    answer = demo.ask(china, records, "support", name)
    demo.scene("the same from China, over the network of the office", answer, 403, "location-disagrees")
    supplier = Person(name="li", employer="harbour")
    answer = demo.ask(supplier, records, "support")
    demo.scene("phone numbers for a supplier that is controlled from China", answer, 403, "no-row")
    old = demo.ended_grant()
    demo.scene(
        "phone numbers with a grant that has ended", demo.ask(kari, records, "support", old), 403, "grant-expired"
    )
    _pseudonymised(demo, kari)
    demo.station.end("authorizer", kill=True)
    demo.scene("telemetry while the authorizer is killed", demo.ask(kari, metrics, "operations"), 403)
    demo.station.start_authorizer()
    demo.station.fill_disk()
    demo.scene("telemetry while the record's disk is full", demo.ask(kari, metrics, "operations"), 403, "no-record")
    demo.station.end("authorizer", kill=True)
    demo.station.start_authorizer()
    demo.scene("telemetry once there is room again", demo.ask(kari, metrics, "operations"), 200)


def _pseudonymised(demo: Demo, kari: Person) -> None:
    """Show what leaves where the table says `pseudonymise`, on sites whose gateway does so for this person."""
    records = "/records/phone_number/1"
    name = demo.grant("statistics")
    answer = demo.ask(kari, records, "statistics", name)
    demo.scene("phone numbers for statistics, with a ticket", answer, 200)
    again = demo.ask(kari, records, "statistics", name)
    demo.left("the same once more: equal pseudonyms, and no phone number (a stand-in makes them)", again, answer)
    late = demo.ask_while_killed(kari, "/records/late/1", "statistics", name)
    demo.scene("the same while the de-identifier is killed: the answer stays", late, 502)
    demo.station.start_authorizer()


def main() -> int:
    """Run the demo in the sandbox of this shell, or of this clone."""
    folder = Path(os.environ.get("ENCLAVE_SANDBOX") or environment.DEFAULT_DIRECTORY)
    layout = Layout.of(folder)
    try:
        found = gateways(layout)
    except (NoSandboxError, OSError) as error:
        _say(f"there is no sandbox here ({error}); start one with `make up`")
        return NONE
    shown = _chosen(found, sys.argv[1:])
    if not shown:
        _say("no cloud of this sandbox has such a gateway; provision the stack `local` with `make up`")
        return NONE
    return max([_shown(layout, running) for running in shown])


def _chosen(found: Sequence[Running], sites: Sequence[str]) -> list[Running]:
    """Return the gateways of the named sites, by default the first of each kind of site."""
    if sites:
        return [each for each in found if each.site in sites]
    first = {bool(each.region): each for each in reversed(found)}
    return [first[kind] for kind in sorted(first)]


def _shown(layout: Layout, running: Running) -> int:
    if running.wrong:
        _say(f"gateway {running.gateway} of {running.site}: {running.wrong}; {running.mends}")
        return WRONG
    _say(f"gateway {running.gateway} of {running.site}, bundle sha256 {running.digest}, from {running.place}", "")
    with ExitStack() as ends:
        made = Path(ends.enter_context(tempfile.TemporaryDirectory(prefix="enclave-gateway-")))
        demo = Demo(made, running, IdentityProvider(layout.gateways / "identity.json"))
        ends.callback(demo.station.stop)
        demo.station.start()
        scenes(demo)
        kept = layout.gateways / f"demo-record-{running.site}.jsonl"
        shutil.copy(demo.station.record, kept)
    _say("", f"the record is kept: {kept}", "")
    if demo.failed:
        _say(f"not answered as they should be: {', '.join(demo.failed)}")
        return WRONG
    return GOOD


def _upstream(running: Running) -> str:
    """Return the host name that the routes' services have in Envoy's configuration."""
    clusters = json.loads(running.files[ENVOY])["static_resources"]["clusters"]
    named = [each["transport_socket"]["typed_config"]["sni"] for each in clusters if "transport_socket" in each]
    return str(named[0])


def _say(*lines: str) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
