"""`enclave audit` beside its peers, as whole commands over the same 10,000 resources, in one run.

The peers are asked less: OPA two rules about regions, Checkov one check or those that it has, a pack one rule that
looks at nothing. An audit asks every rule of all packs, and reads the whole export.
"""

from __future__ import annotations

import json
import os
from statistics import median
from typing import TYPE_CHECKING, Any

from benchmarks import checkov, generated, opa
from benchmarks.figure import Figure, Target
from benchmarks.mixed import Mix, mixed
from benchmarks.mixed_export import as_export, urn
from benchmarks.mixed_plan import address, as_plan
from benchmarks.whole import Whole, in_turns
from benchmarks.workbench import enclave
from console.gate.stack import outside_sandbox
from sandbox.layout import Layout
from sandbox.services import launchers
from sandbox.toolchain import ensure

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from benchmarks.mixed import Made
    from benchmarks.workbench import Workbench

_count = 10_000
_few, _most = 1_000, 50_000
_memory = 300.0  # MB
_refused = 1  # the exit code of an audit that refuses
_policy_failed = 255  # and of the engine whose pack does
_parse = "import json, sys; json.load(open(sys.argv[1], encoding='utf-8'))"


def measure(bench: Workbench) -> Iterator[Figure]:
    """Yield the seconds of the audit and its peers, what it grows by, and its memory."""
    folder = bench.place / "audit"
    folder.mkdir()
    made = mixed(_count).made
    export, plan = folder / "export.json", folder / "plan.json"
    ours, smaller, larger = (
        audited(count, folder, export if count == _count else folder / f"{count}.json")
        for count in (_count, _few, _most)
    )
    plan.write_text(json.dumps(as_plan(made)), encoding="utf-8")
    abroad = [address(item) for item in made if item.entry.is_abroad]
    rego = opa.command(opa.install(bench.progress), plan, folder, abroad)
    full, single = checkov.commands(checkov.install(bench.progress), plan, folder, _count)
    trivial, pack = _analyses(bench, export, folder, made)
    bare = Whole("parse", [enclave.replace("enclave", "python"), "-c", _parse, str(export)], folder, os.environ, str)
    with bench.progress.step(f"the audit of {_count} resources beside its peers", "about 4 min a round") as step:

        def note(text: str) -> None:
            step.note = text

        in_turns((ours, smaller, larger, rego, bare, trivial, pack, full, single), bench.rounds, note)
    yield from figures(ours, smaller, larger, rego, bare)
    seconds, mine = median(ours.seconds), "`enclave audit`"
    yield Figure("Checkov", "s", tuple(full.seconds), mine, seconds, Target("Checkov/audit", 30, at_least=True))
    yield Figure("Checkov, a single check", "s", tuple(single.seconds), mine, seconds)
    yield Figure("`pulumi policy analyze`, a rule that does nothing", "s", tuple(trivial.seconds), mine, seconds)
    yield Figure("`pulumi policy analyze`, jurisdiction pack", "s", tuple(pack.seconds), mine, seconds)


def figures(ours: Whole, smaller: Whole, larger: Whole, rego: Whole, bare: Whole) -> Iterator[Figure]:
    """Yield what is asked of the audit's own seconds and memory."""
    seconds = tuple(ours.seconds)
    what = f"`enclave audit` of {_count} resources, all packs"
    yield Figure(what, "s", seconds, "OPA, two rules", median(rego.seconds), Target("audit/OPA", 3))
    yield Figure(what, "s", seconds, "Python parsing the JSON", median(bare.seconds))
    yield _growth(ours, _count, smaller, _few)
    yield _growth(larger, _most, ours, _count)
    yield Figure(
        f"{what}, peak memory of its largest process",
        "MB",
        tuple(ours.peaks),
        "limit",
        _memory,
        Target("memory/300 MB", 1),
    )


def _growth(larger: Whole, many: int, smaller: Whole, few: int) -> Figure:
    share = many / few
    target = Target(f"whole growth to {many}", 1.1)
    what, beside = f"`enclave audit` of {many} resources, all packs", f"{share:g} times {few} resources"
    return Figure(what, "s", tuple(larger.seconds), beside, median(smaller.seconds) * share, target)


def audited(count: int, folder: Path, export: Path) -> Whole:
    """Return the audit of a new export of so many resources."""
    mix = mixed(count)
    # As the engine writes it, white space and all.
    export.write_text(json.dumps(as_export(mix), indent=4), encoding="utf-8")
    return audit(export, folder, mix.made)


def audit(export: Path, folder: Path, made: Sequence[Made]) -> Whole:
    """Return the audit of an export, which must refuse exactly what was made to be refused."""
    expected = {urn(item) for item in made if item.refused}
    around = len(as_export(Mix((), {}))["deployment"]["resources"])  # the stack, its providers, what is meant

    def check(output: str) -> None:
        document: dict[str, Any] = json.loads(output)
        if document["summary"]["judged"] != len(made) + around:
            raise ValueError(f"it judged {document['summary']['judged']} resources, and not {len(made)} and {around}")
        found = {resource["urn"] for resource in document["resources"] if resource["findings"]}
        if found != expected:
            some = ", ".join(sorted(found ^ expected)[:3])
            raise ValueError(f"it refused {len(found)} resources instead of {len(expected)}; they differ in {some}")

    line = [enclave, "audit", str(export), "--json"]
    return Whole(f"audit-{len(made)}", line, folder, outside_sandbox(dict(os.environ)), check, (_refused,))


def _analyses(bench: Workbench, export: Path, folder: Path, made: Sequence[Made]) -> tuple[Whole, Whole]:
    """Return the engine's own judging of an export, with the pack that does nothing and with ours; no sandbox."""
    layout = Layout.of(folder / "engine")
    launchers.write(layout, ensure(bench.progress))
    variables = outside_sandbox(dict(os.environ)) | {
        "PATH": os.pathsep.join((str(layout.bin), os.environ.get("PATH", os.defpath))),
        "PULUMI_HOME": str(layout.pulumi_home),
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
    }
    line = [str(layout.bin / "pulumi"), "policy", "analyze", "--file", str(export), "--json", "--non-interactive"]

    def quiet(output: str) -> None:
        if _accused(output):
            raise ValueError("a rule that does nothing has found something")

    def refuses(output: str) -> None:
        if _accused(output) != {urn(item) for item in made if item.refused}:
            raise ValueError(f"it refused {len(_accused(output))} resources")

    packs = (generated.trivial_pack(bench), *bench.packs)
    trivial = Whole("analyze-trivial", [*line, "--policy-pack", str(packs[0])], folder, variables, quiet)
    ours = Whole(
        "analyze-ours", [*line, "--policy-pack", str(packs[1])], folder, variables, refuses, (1, _policy_failed)
    )
    return trivial, ours


def _accused(output: str) -> set[str]:
    """Return the URNs in the engine's stream of events that a rule has something to say about."""
    events = [json.loads(line) for line in output.splitlines() if line.startswith("{")]
    if not any("summaryEvent" in event for event in events):
        raise ValueError("the engine's stream of events does not end with a summary")
    return {event["policyEvent"]["resourceUrn"] for event in events if "policyEvent" in event}
