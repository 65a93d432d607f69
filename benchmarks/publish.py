"""`python -m benchmarks.publish [FILE…]`: write what was measured into docs/figures.md.

FILE is what `python -m benchmarks NAME --json FILE` wrote; its figures take the place of older ones of the same
benchmark. `--command 'make test'` runs a command, and writes down its seconds and its last line. Without either, the
page is only written anew. Nothing on the page is typed by hand. Exit codes: 0 written, 1 a command failed, 2 bad input.
"""

from __future__ import annotations

import argparse
import json
import shlex
import subprocess
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.machine import look
from console.gate.stack import project

RECORD = project / "docs" / "figures.json"
PAGE = project / "docs" / "figures.md"
HEAD = """\
# Figures

The command beside each figure printed it, at the commit, on the day and on the machine that are named. Nobody types a
figure: `python -m benchmarks.publish` writes this page from [figures.json](figures.json). Measure on your own machine
with `make bench` and `make bench-audit`. Seconds depend on the machine; a ratio to a peer of the same run hardly does.
"""
NONE = "Nothing has been measured at a commit of this version yet."


def main(arguments: list[str]) -> int:
    """Take measurements over and write the page; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.publish", description=__doc__)
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE")
    parser.add_argument(
        "--command", action="append", default=[], help="run this, and write down its seconds and its last line"
    )
    chosen = parser.parse_args(arguments)
    record, problems, failed = read(RECORD), [], False
    for file in chosen.files:
        try:
            record = merged(record, json.loads(file.read_text(encoding="utf-8")))
        except (OSError, ValueError, KeyError, TypeError) as error:
            problems.append(f"{file} holds no measurement ({type(error).__name__}: {error})")
    for command in chosen.command if not problems else ():
        code, said = run(command)
        try:
            record = record if code else with_command(record, said)
        except ValueError as error:
            problems.append(f"`{command}`: {error}")
        failed = failed or bool(code)
    if problems:
        sys.stderr.write("\n".join(problems) + "\n")
        return 2
    RECORD.write_text(json.dumps(record, indent=1, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8")
    PAGE.write_text(page(record), encoding="utf-8")
    return 1 if failed else 0


def read(file: Path) -> dict[str, Any]:
    """Return what was written down so far."""
    empty: dict[str, Any] = {"benchmarks": {}, "commands": {}}
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() else empty


def merged(record: dict[str, Any], measured: dict[str, Any]) -> dict[str, Any]:
    """Return the record with the figures of one run, each benchmark of it as a whole.

    ValueError where the run is of no commit, or of one with changes that nobody can look up.
    """
    found: dict[str, list[dict[str, Any]]] = {}
    for figure in measured["figures"]:
        found.setdefault(figure["benchmark"], []).append(_kept(figure))
    machine = _machine(measured["machine"])
    benchmarks = {name: {"machine": machine, "figures": figures} for name, figures in found.items()}
    return {**record, "benchmarks": {**record["benchmarks"], **benchmarks}}


def with_command(record: dict[str, Any], said: dict[str, Any]) -> dict[str, Any]:
    """Return the record with what one command said."""
    kept = {**said, "machine": _machine(said["machine"])}
    return {**record, "commands": {**record["commands"], said["command"]: kept}}


def run(command: str) -> tuple[int, dict[str, Any]]:
    """Run a command; return its exit code, and its seconds and last line with the machine before it began."""
    machine, start = look(), time.monotonic()
    done = subprocess.run(
        shlex.split(command), cwd=project, stdout=subprocess.PIPE, stderr=None, encoding="utf-8", check=False
    )
    lines = [line.strip(" =") for line in done.stdout.splitlines() if line.strip(" =")]
    last = lines[-1] if lines else ""
    seconds = round(time.monotonic() - start)
    return done.returncode, {"command": command, "seconds": seconds, "last": last, "machine": asdict(machine)}


def page(record: dict[str, Any]) -> str:
    """Return the page."""
    machines = {json.dumps(_lasting(run["machine"]), sort_keys=True): run["machine"] for run in _runs(record)}
    names = {key: f"M{number}" for number, key in enumerate(sorted(machines), 1)}
    parts = [HEAD]
    if not machines:
        parts.append(f"\n{NONE}\n")
    for name, run in sorted(record["benchmarks"].items()):
        parts.append(f"\n## `python -m benchmarks {name}`\n\n{_at(run['machine'], names)}\n\n")
        parts.append("| what | median | smallest to largest | beside | ratio | target |\n|---|---|---|---|---|---|\n")
        parts += [_row(figure) for figure in run["figures"]]
    if record["commands"]:
        parts.append("\n## Other commands\n\n| command | seconds | its last line | at |\n|---|---|---|---|\n")
        for command, said in sorted(record["commands"].items()):
            last = said["last"].replace("|", "\\|")
            parts.append(f"| `{command}` | {said['seconds']} | {last} | {_at(said['machine'], names)} |\n")
    if machines:
        parts.append("\n## Machines\n\n| | |\n|---|---|\n")
        parts += [f"| {names[key]} | {_words(machines[key])} |\n" for key in sorted(machines)]
    return "".join(parts)


def _runs(record: dict[str, Any]) -> list[dict[str, Any]]:
    return [*record["benchmarks"].values(), *record["commands"].values()]


def _machine(machine: dict[str, Any]) -> dict[str, Any]:
    commit = str(machine["commit"])
    if commit == "unknown" or commit.endswith("-dirty"):
        raise ValueError(f"it was measured at the commit '{commit}', which nobody can look up; commit first")
    return {**machine, "load": list(machine["load"])}


def _kept(figure: dict[str, Any]) -> dict[str, Any]:
    samples = figure["samples"]
    target = figure["target"]
    limit = f"{'≥' if target['at_least'] else '≤'} {target['limit']:g}" if target else ""
    numbers = {name: figure[name] for name in ("median", "reference", "ratio")}
    words = {name: figure[name] for name in ("what", "unit", "against")}
    missed = bool(figure.get("missed"))
    return {**numbers, **words, "min": min(samples), "max": max(samples), "limit": limit, "missed": missed}


def _row(figure: dict[str, Any]) -> str:
    unit = figure["unit"]
    spread = f"{_text(figure['min'])} to {_text(figure['max'])} {unit}"
    beside = f"{_text(figure['reference'])} {unit} ({figure['against']})"
    target = f"{figure['limit']}{', missed' if figure['missed'] else ''}"
    cells = (figure["what"], f"{_text(figure['median'])} {unit}", spread, beside, _text(figure["ratio"]), target)
    return f"| {' | '.join(cells)} |\n"


def _text(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"  # noqa: PLR2004


def _at(machine: dict[str, Any], names: dict[str, str]) -> str:
    name = names[json.dumps(_lasting(machine), sort_keys=True)]
    load = f"load {machine['load'][0]:.1f} at the start"
    return f"commit {machine['commit']}, {machine['at'][:10]}, machine {name}, {load}"


def _lasting(machine: dict[str, Any]) -> dict[str, Any]:
    return {name: machine[name] for name in ("processor", "cores", "memory_gib", "system", "python")}


def _words(machine: dict[str, Any]) -> str:
    cores = f"{machine['cores']} cores ({machine['processor']})"
    return f"{cores}, {machine['memory_gib']:g} GiB, {machine['system']}, Python {machine['python']}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
