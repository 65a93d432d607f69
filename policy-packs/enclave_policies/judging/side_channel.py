"""How a pack hands its findings to the gate that started the engine: as data, beside the engine's events.

The engine passes on nothing of a finding but a text. A gate that names a private folder of its own in the environment
finds there a file of each pack, with one finding a line.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from enclave_policies.reading.finding import Claimed, Finding, Step, Subject, Waiver

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

FOLDER: Final = "ENCLAVE_FINDINGS"
"""The environment variable that names the folder; where it is not set, nothing is handed over."""
ENDING: Final = ".findings.jsonl"


def as_data(finding: Finding) -> dict[str, Any]:
    """Return a finding as plain data, for JSON."""
    return asdict(finding) | {"waiver": _waiver(finding.waiver)}


def from_data(data: Mapping[str, Any]) -> Finding:
    """Return the finding that ``as_data`` made plain data of; KeyError, TypeError or ValueError for anything else."""
    waiver = data["waiver"]
    days = {name: date.fromisoformat(waiver[name]) for name in ("granted", "expires")} if waiver else {}
    parts = {
        "subject": Subject(**data["subject"]),
        "claim": Claimed(**data["claim"]) if data["claim"] else None,
        "steps": tuple(Step(**{**step, "rules": tuple(step["rules"])}) for step in data["steps"]),
        "waiver": Waiver(**{**waiver, **days}) if waiver else None,
    }
    return Finding(**{**data, **parts})


def hand_over(pack: str, findings: Iterable[Finding]) -> None:
    """Write findings down for the gate, where one has asked for them. Raises OSError where that fails."""
    folder = os.environ.get(FOLDER)
    lines = "".join(json.dumps(as_data(finding)) + "\n" for finding in findings) if folder else ""
    if not folder or not lines:
        return
    file = os.open(Path(folder) / f"{pack}{ENDING}", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(file, lines.encode())  # at once: several threads of a pack may write
    finally:
        os.close(file)


def handed_over(folder: Path) -> Mapping[str, tuple[Finding, ...]]:
    """Return the findings of each pack by its name, each once; none of a pack whose file cannot be read."""
    return {file.name.removesuffix(ENDING): _read(file) for file in sorted(folder.glob(f"*{ENDING}"))}


def _read(file: Path) -> tuple[Finding, ...]:
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
        return tuple(dict.fromkeys(from_data(json.loads(line)) for line in lines))
    except (OSError, ValueError, KeyError, TypeError):
        return ()


def _waiver(waiver: Waiver | None) -> dict[str, Any] | None:
    if waiver is None:
        return None
    return asdict(waiver) | {"granted": waiver.granted.isoformat(), "expires": waiver.expires.isoformat()}
