"""Whoever reads a file that somebody may have replaced waits for no pipe and reads no device to its end."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PARTS = (
    "console",
    "components",
    "located_yaml",
    "policy-packs/enclave_policies",
    "sandbox/register.py",
    "sandbox/services",
)
READS = frozenset({"read_text", "read_bytes", "open"})
LOOKS_FIRST = {
    "located_yaml/files.py": "the one reader",
    "policy-packs/enclave_policies/resources/export.py": "a state may come through a pipe, and has a limit",
    "policy-packs/enclave_policies/catalog/stored.py": "asks whether it is a file",
    "console/audit/type_table.py": "read before, when the tables were",
    "console/gate/generation.py": "asks whether it is a file",
    "console/gate/following.py": "what the engine is just writing, in a folder of ours",
    "console/gate/record.py": "what the engine has just written",
    "console/gate/recover/copies.py": "what the engine keeps, and asks whether it is there",
    "console/gate/recover/locks.py": "what the engine keeps",
    "console/gate/new_stack.py": "settings, of which it asks whether they are there",
    "console/refusals.py": "what the program has just written",
    "console/ci/__main__.py": "adds to the page of a job, and reads nothing",
    "console/ci/plain_files.py": "the reader of what has Python's own library alone",
    "console/ci/telling/api.py": "opens addresses, no files",
    "console/audit/explain_rule.py": "a page of this project",
    "policy-packs/enclave_policies/judging/side_channel.py": "what the packs have just written",
    "policy-packs/enclave_policies/identifiers/suffixes.py": "a file of an installed package",
    "policy-packs/enclave_policies/sdk/source.py": "a file of an installed package",
    "console/verify_log/commands.py": "a record of any length, line by line; asks whether it is a file",
    "console/inspect/keys.py": "opens a session with a token, no file",
    "console/leaving.py": "makes a file where there is none, and reads nothing",
    "console/report/keys.py": "makes the stand-in's key, where there is none",
    "console/report/printing.py": "what Chromium has just printed; asks whether it is a file",
    "console/whole_file.py": "writes a file, and reads nothing",
    "sandbox/services/identity_provider.py": "what the sandbox has just written",
    "sandbox/services/inspector.py": "what the sandbox has just written",
    "sandbox/services/pki.py": "what the sandbox has just written",
    "sandbox/services/kubeconfig.py": "what the sandbox has just written",
    "sandbox/services/encryption.py": "what the sandbox has just written",
    "sandbox/services/supervisor.py": "a log, shown when a service has failed",
    "sandbox/services/pulumi_home.py": "a file of an installed package",
    "sandbox/services/softhsm_token.py": "what the sandbox has just written",
}
"""Who reads by himself, and why that waits for nobody."""


def modules() -> list[Path]:
    found = [ROOT / part for part in PARTS]
    return sorted(file for one in found for file in (one.rglob("*.py") if one.is_dir() else [one]))


def reads(source: str) -> bool:
    """Whether a module reads files by itself: ``path.read_text()``, ``path.open()``, ``open(path)``, ``os.open``."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        called = node.func
        name = called.attr if isinstance(called, ast.Attribute) else called.id if isinstance(called, ast.Name) else ""
        if name in READS and (isinstance(called, ast.Attribute) or name == "open"):
            return True
    return False


@pytest.mark.parametrize("file", modules(), ids=lambda file: str(file.relative_to(ROOT)))
def test_files_are_read_by_the_reader_that_waits_for_nobody(file: Path) -> None:
    name = str(file.relative_to(ROOT))
    assert not reads(file.read_text(encoding="utf-8")) or name in LOOKS_FIRST


def test_nobody_is_excused_who_does_not_read() -> None:
    assert [name for name in LOOKS_FIRST if not reads((ROOT / name).read_text(encoding="utf-8"))] == []


def test_a_reader_of_ones_own_would_be_noticed() -> None:
    """The seeded bug of this family."""
    assert reads("json.loads(path.read_text())")
    assert reads("with open(name) as file:\n    pass")
    assert not reads("read_text(path, name, LARGEST)")
