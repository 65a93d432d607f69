"""Microsoft's SARIF multitool (npm): its judgement of documents, and the JSON schema that it carries."""

from __future__ import annotations

import json
import os
import subprocess
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

from tests import npm

BEGIN: Final = (
    b'{\r\n  "$schema": "https://json-schema.org/draft/2020-12/schema",\r\n  "title": "Static Analysis Results'
)
"""How OASIS's schema begins inside the program."""


class Judgement(NamedTuple):
    """What the multitool says of a document; it says nothing at all of one that it cannot read, and exits with 0."""

    errors: list[str]
    warnings: list[str]


def judged(document: bytes, folder: Path) -> Judgement:
    """Return what the multitool says of a document; ``folder`` is for its files."""
    file, out = folder / "document.sarif", folder / "judgement.sarif"
    file.write_bytes(document)
    subprocess.run(
        [str(_program()), "validate", str(file), "--output", str(out), "--log", "ForceOverwrite"],
        env={**os.environ, "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"},
        capture_output=True,
        timeout=120,
        check=True,
    )
    found = Judgement([], [])
    for each in json.loads(out.read_text(encoding="utf-8"))["runs"][0]["results"]:
        kind = found.errors if each.get("level") == "error" else found.warnings
        kind.append(f"{each['ruleId']} {each['message'].get('arguments')}")
    return found


@cache
def schema() -> dict[str, Any]:
    """Return the JSON schema of SARIF 2.1.0."""
    content = _program().read_bytes()
    start = content.index(BEGIN)
    found: dict[str, Any] = json.JSONDecoder().raw_decode(content[start : start + 500_000].decode(errors="replace"))[0]
    return found


@cache
def _program() -> Path:
    home = npm.installed("sarif-multitool", Path(__file__).parent)
    asked = [str(npm.node()), "-p", "require('@microsoft/sarif-multitool')"]
    program = Path(subprocess.run(asked, cwd=home, capture_output=True, text=True, check=True).stdout.strip())
    program.chmod(0o755)  # its install script would, and none runs
    return program
