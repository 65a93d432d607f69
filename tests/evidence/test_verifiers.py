"""Verifiers that share no code agree on what is a bundle as it was signed."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, SECP384R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from evidence.bundle.contents import ENVELOPE
from tests.evidence.bundles import Bundle, bundle_in
from tests.evidence.changes import CHANGES, changed_bytes, every_byte_of_the_envelope
from tests.evidence.verifiers import ONE_FILE, STRICT, VERIFIERS, one_file, strangers

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.evidence.bundles import Key

KEYS: dict[str, Callable[[], Key]] = {
    "Ed25519": Ed25519PrivateKey.generate,
    "P-256": lambda: generate_private_key(SECP256R1()),
}


@pytest.fixture(params=KEYS)
def bundle(tmp_path: Path, request: pytest.FixtureRequest) -> Bundle:
    return bundle_in(tmp_path / "made", key=KEYS[request.param]())


@pytest.mark.parametrize("verifier", VERIFIERS)
def test_a_bundle_as_it_was_signed_passes(bundle: Bundle, verifier: str) -> None:
    assert VERIFIERS[verifier](bundle)


@pytest.mark.parametrize("verifier", VERIFIERS)
@pytest.mark.parametrize("change", CHANGES)
def test_every_verifier_finds_what_was_done(bundle: Bundle, verifier: str, change: str) -> None:
    CHANGES[change](bundle)
    assert not VERIFIERS[verifier](bundle)


@pytest.mark.parametrize("verifier", VERIFIERS)
def test_each_of_many_changes_of_one_byte_is_found(tmp_path: Path, verifier: str) -> None:
    bundle = bundle_in(tmp_path / "made")
    unseen = {file for file, *_ in changed_bytes(bundle) if VERIFIERS[verifier](bundle)}
    assert unseen <= (set() if verifier in STRICT else {ENVELOPE})
    assert VERIFIERS[verifier](bundle)


@pytest.mark.parametrize("verifier", STRICT)
def test_each_byte_of_the_envelope_counts(tmp_path: Path, verifier: str) -> None:
    bundle = bundle_in(tmp_path / "made")
    assert [each for each in every_byte_of_the_envelope(bundle) if VERIFIERS[verifier](bundle)] == []


def test_another_key_of_either_kind_does_not_fit(bundle: Bundle, tmp_path: Path) -> None:
    for number, make in enumerate(KEYS.values()):
        other = bundle_in(tmp_path / str(number), key=make())
        swapped = Bundle(bundle.folder, other.public, other.private)
        assert [name for name, fits in VERIFIERS.items() if fits(swapped)] == []


def test_it_is_one_file_of_plain_python_and_cryptography() -> None:
    tree = ast.parse(ONE_FILE.read_text(encoding="utf-8"))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "." for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in names} - sys.stdlib_module_names == {"cryptography"}


def test_it_runs_anywhere_and_says_what_it_proves(bundle: Bundle, tmp_path: Path) -> None:
    alone = tmp_path / "alone"
    alone.mkdir()
    shutil.copy(ONE_FILE, alone)

    def run(*words: object) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-I", "verify.py", *map(str, words)]
        return subprocess.run(command, cwd=alone, capture_output=True, text=True, check=False)

    done = run(bundle.folder, bundle.public)
    assert (done.returncode, done.stderr) == (0, "")
    for told in ("pulumi:enclave/small", "FAILED", "as of 2026-11-29", "it proves:", "it does not prove:"):
        assert told in done.stdout
    CHANGES["added"](bundle)
    done = run(bundle.folder, bundle.public)
    assert done.returncode == 1
    assert "'more.txt' was added" in done.stdout
    for words in ((), (bundle.folder,), (tmp_path / "none", bundle.public), (bundle.folder, bundle.folder / ENVELOPE)):
        done = run(*words)
        assert (done.returncode, done.stdout) == (2, "")
        assert len(done.stderr.splitlines()) == 1


def test_an_answer_that_cannot_be_written_is_no_answer_about_the_bundle(bundle: Bundle) -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        command = [sys.executable, "-I", str(ONE_FILE), str(bundle.folder), str(bundle.public)]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert (done.returncode, done.stderr) == (2, "the answer cannot be written: No space left on device\n")


def test_a_key_of_another_curve_is_no_key(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bundle = bundle_in(tmp_path / "made")
    other = generate_private_key(SECP384R1()).public_key()
    bundle.public.write_bytes(other.public_bytes(one_file.Encoding.PEM, one_file.PublicFormat.SubjectPublicKeyInfo))
    assert one_file.main([str(bundle.folder), str(bundle.public)]) == 2
    assert "no public key" in capsys.readouterr().err


def test_a_verifier_that_compares_no_digest_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The seeded bug of this family."""
    bundle = bundle_in(tmp_path / "made")
    monkeypatch.setattr(one_file, "check_files", lambda _folder, _statement: None)
    CHANGES["swapped"](bundle)
    assert VERIFIERS["docs/verify.py"](bundle) is True
    assert strangers(bundle) is False
