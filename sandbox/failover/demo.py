"""`make failover-demo`: Dublin is lost, Hamar answers by the same decisions from its copy, and Dublin comes back.

The gateways are the real Envoy and the real authorizer, with the bundles that the sandbox's clouds hold. The stores are
stand-ins (versitygw before a folder), and so is the application. Exit codes: 0 everything was as it says, 1 something
was not, 3 there is no sandbox or no gateway in it.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sandbox import environment
from sandbox.failover.place import ORDER, Place, key
from sandbox.failover.seen import Others, Own, outside
from sandbox.gateways.client import Person
from sandbox.gateways.found import gateways
from sandbox.layout import Layout
from sandbox.register import NoSandboxError
from sandbox.services.identity_provider import IdentityProvider
from sandbox.toolchain import on_demand
from sandbox.toolchain.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.gateways.client import Answer
    from sandbox.gateways.running import Running

GATEWAY: Final = "employees"
APPROVER: Final = "aoife"
RECORDS: Final = 40
LATER: Final = range(RECORDS + 1, RECORDS + 4)
"""Records that were written after the last copy, and so are not at Hamar when Dublin is lost."""
THERE: Final = RECORDS + 10
"""A record that Hamar gets while Dublin is away."""
CHANGED: Final = 7
"""A record that is changed at Hamar meanwhile."""
DECIDED: Final = (
    *("person", "employer", "location", "route", "path_sha256", "class", "purpose"),
    *("result", "rows", "reason"),
)
"""What two gateways must decide alike; the rest of an entry is which one it was, when, and by which request."""
KARI: Final = Person(employer="enclave-norway")
IN_CHINA: Final = Person(employer="enclave-norway", country="CN", device="CN")
GOOD, WRONG, NONE = 0, 1, 3


class Drill:
    """The scenes: each is a promise that is shown to hold, or not."""

    def __init__(self, place: Place) -> None:
        self.place, self.told, self.failed = place, list[dict[str, Any]](), list[str]()
        self._grant = place.grant(GATEWAY, APPROVER)
        self.before: dict[int, str] = {}
        self.decided: dict[str, dict[str, Any]] = {}

    def show(self, title: str, good: bool, detail: str = "") -> None:
        """Show a promise, and note it."""
        _say(f"{'✓' if good else '✗'} {title}", *([f"    {detail}"] if detail else []))
        self.told.append({"promise": title, "held": good, "seen": detail})
        if not good:
            self.failed.append(title)

    def read(self, person: Person, number: int) -> tuple[str, Answer, dict[str, Any]]:
        """Ask in the declared order; return who answered, what, and what its record says."""
        site, answer = self.place.ask(person, number, self._grant)
        entries = self.place.sites[site].entries()
        return site, answer, {name: entries[-1][name] for name in DECIDED} if entries else {}

    def copy(self, *replicas: str) -> None:
        """Copy once, and show what the command says."""
        _, told, line = self.place.failover("sync", *replicas)
        _say(line, *(f"    {each['from']} -> {each['to']}: {each['copied']} versions" for each in told["replicas"]))

    def verify(self, *replicas: str) -> tuple[int, list[dict[str, Any]]]:
        """Compare, show what the command says, and return it."""
        code, told, line = self.place.failover("verify", *replicas)
        found = told["replicas"]
        _say(f"{line}    (exit code {code})")
        for each in found:
            named = [*each["late"], *each["waiting"], *each["differences"]]
            _say(f"    {each['from']} -> {each['to']}: {'; '.join(named) or 'equal, version by version'}")
        return code, found


def calm(drill: Drill) -> None:
    """Both sites are there: the first of the order answers, and its copy is whole."""
    drill.place.write("dublin-1", range(1, RECORDS + 1))
    drill.copy("people")
    code, found = drill.verify("people")
    equal = code == GOOD and not found[0]["waiting"] and bool(found[0]["signed"])
    drill.show(f"all {RECORDS} records of Dublin are at Hamar, by content, and that is signed", equal)
    for number in (1, 7, RECORDS):
        site, answer, drill.decided[f"kari {number}"] = drill.read(KARI, number)
        drill.before[number] = answer.body
        good = (site, answer.status) == ("dublin-1", 200)
        drill.show(f"record {number} is read with a grant", good, _seen(site, answer))
    site, answer, drill.decided["china"] = drill.read(IN_CHINA, 1)
    refused = (site, answer.status, answer.reason) == ("dublin-1", 403, "location-disagrees")
    drill.show("the same person from China is refused", refused, _seen(site, answer))


def lost(drill: Drill) -> None:
    """Dublin is gone: Hamar answers, by the same decisions."""
    drill.place.write("dublin-1", LATER)
    drill.place.sites["dublin-1"].kill()
    _say("dublin-1 is killed: Envoy, authorizer, application and store at once")
    began = time.monotonic()
    for number, body in drill.before.items():
        site, answer, decision = drill.read(KARI, number)
        same = answer.body == body and decision == drill.decided[f"kari {number}"]
        detail = f"{_seen(site, answer)}; the same record, and the same decision by rows {decision.get('rows')}"
        good = (site, answer.status) == ("hamar", 200) and same
        drill.show(f"record {number} is read at Hamar", good, detail if same else f"{_seen(site, answer)}; it differs")
    _say(f"    {len(drill.before)} records in {time.monotonic() - began:.2f} s")
    site, answer, decision = drill.read(IN_CHINA, 1)
    refused = (site, answer.status, answer.reason) == ("hamar", 403, "location-disagrees")
    same = decision == drill.decided["china"]
    drill.show("the same person from China is refused at Hamar too", refused and same, _seen(site, answer))
    absent = [number for number in LATER if drill.read(KARI, number)[1].status == 404]  # noqa: PLR2004 (not found)
    title = f"the {len(LATER)} records that were written after the last copy are not there, and nobody makes them up"
    drill.show(title, absent == list(LATER))
    drill.place.write("hamar", [THERE, CHANGED], "at Hamar")
    _say(f"record {THERE} is written at Hamar, and record {CHANGED} is changed there")


def back(drill: Drill) -> None:
    """Dublin is there again: what differs is named, then copied both ways."""
    drill.place.sites["dublin-1"].start()
    _say("dublin-1 is started again, on what its store had")
    code, (found, *_) = drill.verify("people")
    named = sorted(int(word) for each in found["waiting"] for word in re.findall(r"phone_number/(\d+)", each))
    drill.show(f"verify names the {len(LATER)} records that the copy lacks", named == list(LATER))
    alone = f"'{key(THERE)}' is at the target alone"
    changed = f"'{key(CHANGED)}' has 1 versions at the source and 2 at the target"
    title = "verify names the record that only Hamar has and the one that is changed there, and is refused"
    drill.show(title, code == WRONG and set(found["differences"]) == {alone, changed})
    drill.copy("people", "people-back")
    code, both = drill.verify("people", "people-back")
    whole = code == GOOD and not any(each["waiting"] or each["differences"] for each in both)
    drill.show("both sites hold the same, by content", whole)
    for number in (*LATER, THERE, CHANGED):
        site, answer, _ = drill.read(KARI, number)
        good = (site, answer.status) == ("dublin-1", 200) and ("at Hamar" in answer.body) == (number not in LATER)
        drill.show(f"record {number} is read at Dublin, as it was written last", good, _seen(site, answer))


def drilled(place: Place) -> tuple[Drill, dict[str, Any]]:
    """Run all scenes at a place that nothing of runs yet; return them, and the record of the drill."""
    ends = [end for site in place.sites.values() for end in site.ends]
    for site in place.sites.values():
        site.start()
    place.buckets()
    drill = Drill(place)
    with Own() as own, Others(lambda: [pid for site in place.sites.values() for pid in site.pids]) as others:
        for scene in (calm, lost, back):
            _say("", f"== {scene.__doc__}")
            scene(drill)
    _say("", "== Nothing outside was asked.")
    strange = sorted(outside(own.connected | others.connected, ends))
    asked = sorted(own.looked_up - {"127.0.0.1", "localhost"})
    seen = f"{len(own.connected)} by the client, {len(others.connected)} by the sites in {others.looks} looks"
    title = "the client and the sites' processes connected to declared gateways, applications and stores alone"
    good = not strange and bool(own.connected & set(ends)) and others.looks > 0
    drill.show(title, good, f"ends that were seen: {seen}; outside: {strange or 'none'}")
    drill.show("the client looked up no name", not asked, f"names: {asked or 'none'}")
    record = {
        "order": list(ORDER),
        "promises": drill.told,
        "declared": [f"{host}:{port}" for host, port in ends],
        "connected": sorted(f"{host}:{port}" for host, port in own.connected | others.connected),
        "looks": others.looks,
        "outside": [f"{host}:{port}" for host, port in strange],
    }
    return drill, record


def main() -> int:
    """Run the drill in the sandbox of this shell, or of this clone."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--to", type=Path, help="where its record is left; absent: beside the gateways' own")
    asked = parser.parse_args()
    layout = Layout.of(Path(os.environ.get("ENCLAVE_SANDBOX") or environment.DEFAULT_DIRECTORY))
    try:
        found = {each.site: each for each in gateways(layout) if each.gateway == GATEWAY}
    except (NoSandboxError, OSError) as error:
        _say(f"there is no sandbox here ({error}); start one with `make up`")
        return NONE
    if wrong := _wrong(found):
        _say(wrong)
        return NONE
    with Progress() as progress:
        tools = on_demand.copier(progress), on_demand.storage(progress)
    return run(found, IdentityProvider(layout.gateways / "identity.json"), tools, asked.to or layout.gateways)


def run(found: Mapping[str, Running], identity: IdentityProvider, tools: tuple[Path, Path], kept: Path) -> int:
    """Run the drill with these gateways, and leave its record in a folder."""
    for site in ORDER:
        _say(f"gateway {GATEWAY} of {site}, bundle sha256 {found[site].digest}, from {found[site].place}")
    with ExitStack() as ends:
        folder = Path(ends.enter_context(tempfile.TemporaryDirectory(prefix="failover-")))
        place = Place.made(folder, found, identity, tools)
        ends.callback(place.stop)
        drill, record = drilled(place)
        kept.mkdir(parents=True, exist_ok=True)
        file = kept / "failover-drill.json"
        file.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
        for one in place.sites.values():
            shutil.copy(one.station.record, kept / f"failover-record-{one.name}.jsonl")
    _say("", f"the record of the drill: {file}; those of its gateways are beside it")
    if drill.failed:
        _say(f"not as it should be: {', '.join(drill.failed)}")
        return WRONG
    return GOOD


def _wrong(found: Mapping[str, Running]) -> str:
    missing = [site for site in ORDER if site not in found]
    if missing:
        return f"no cloud of this sandbox has a gateway of {' and '.join(missing)}; provision `local` with `make up`"
    broken = [each for each in (found[site] for site in ORDER) if each.wrong]
    return f"gateway {GATEWAY} of {broken[0].site}: {broken[0].wrong}; {broken[0].mends}" if broken else ""


def _seen(site: str, answer: Answer) -> str:
    return f"{site}: {answer.status} {answer.reason}".strip()


def _say(*lines: str) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
