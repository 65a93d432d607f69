"""Who approves grants is declared with keys of their own, and a gateway's bundle names exactly these."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from components.access.bundle import bundle_of
from components.declaration import load_declaration
from located_yaml import ProblemsError

DECLARED = Path(__file__).parents[1] / "gateways" / "enclave.yaml"
MAGNUS = "  magnus: jg5JeDsAkt9XvhmEnEwK7avRlqkAM1RS67Ba1nQr2Xo="


def spoiled(folder: Path, old: str, new: str) -> Path:
    text = DECLARED.read_text(encoding="utf-8")
    assert old in text, old
    file = folder / "enclave.yaml"
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    return file


def test_the_bundle_names_the_declared_approvers_and_the_enclave() -> None:
    declaration = load_declaration(DECLARED)
    settings = json.loads(bundle_of(declaration, "hamar", "employees", None)["gateway.json"])
    assert settings["grant_keys"] == declaration.approvers
    assert sorted(declaration.approvers) == ["kari", "magnus", "siobhan"]
    assert settings["enclave"] == "europe"


@pytest.mark.parametrize(
    ("new", "message"),
    [
        ("  magnus: AAAA", "'AAAA' is not an Ed25519 public key: its 32 bytes in base64, 44 letters"),
        (MAGNUS.replace("=", "A="), "is not an Ed25519 public key"),
        (MAGNUS.replace("Xo=", "Xp="), "is not an Ed25519 public key"),  # bits behind the last byte
        (MAGNUS.replace("magnus", '"m n"'), "'m n' is not a person as the identity provider names them"),
        (
            f"{MAGNUS}\n{MAGNUS.replace('magnus', 'olav')}",
            "has the key of 'magnus'; each approver needs a key of their",
        ),
        (
            f"{MAGNUS}\n{MAGNUS.replace('magnus', 'Magnus').replace('jg', 'kg')}",
            "differs from 'magnus' in capital letters only; declare one of them",
        ),
    ],
)
def test_an_approver_who_is_none_or_could_be_two_is_refused(new: str, message: str, tmp_path: Path) -> None:
    file = spoiled(tmp_path, MAGNUS, new)
    with pytest.raises(ProblemsError) as caught:
        load_declaration(file)
    assert message in str(caught.value)
    assert f"{file}:" in str(caught.value)


def test_names_of_every_identity_provider_are_taken(tmp_path: Path) -> None:
    """Near misses: a mail address, a UUID, an id with its provider before it."""
    for name in ("magnus@fjord.example", "0b3c1f6e-6b0e-4e0e-9a51-5a5f8b1b6c11", '"auth0|5f7c8ec7"'):
        declaration = load_declaration(spoiled(tmp_path, MAGNUS, MAGNUS.replace("magnus", name)))
        assert name.strip('"') in declaration.approvers


def test_an_approver_without_a_check_would_be_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The seeded bug of this family."""
    monkeypatch.setattr("components.declaration.checks._approvers", lambda _: ())
    twin = f"{MAGNUS}\n{MAGNUS.replace('magnus', 'olav')}"
    assert "olav" in load_declaration(spoiled(tmp_path, MAGNUS, twin)).approvers
