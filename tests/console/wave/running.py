"""The console on two stores: its surroundings, and a command with its exit code and document."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import pytest

from console.main import main
from tests.console.test_documents import strict

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from sandbox.migration.stand_ins import Storages


def surround(monkeypatch: pytest.MonkeyPatch, folder: Path, both: Storages, regions: Mapping[str, str]) -> Path:
    """Let commands reach the stores by profiles and by nothing else, keep evidence in a folder; return the profiles."""
    profiles = folder / "profiles"
    profiles.write_text(both.profiles(regions, own="hamar"), encoding="utf-8")
    for name, value in (("AWS_CONFIG_FILE", profiles), ("ENCLAVE_EVIDENCE", folder / "evidence")):
        monkeypatch.setenv(name, str(value))
    for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name, raising=False)
    return profiles


def ran(monkeypatch: pytest.MonkeyPatch, capsys: Any, words: Sequence[str]) -> tuple[int, dict[str, Any]]:
    """Run a command with `--json`; return its exit code and document."""
    monkeypatch.setattr(sys, "argv", ["enclave", *words, "--json"])
    with pytest.raises(SystemExit) as caught:
        main()
    shown = capsys.readouterr()
    assert "Traceback" not in shown.err
    found: dict[str, Any] = json.loads(shown.out)
    strict().validate(found)
    return int(caught.value.code or 0), found
