"""What is wrong with the shape of a declaration is told in words of YAML: no type of Python's, no pattern, no guess."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

import located_yaml
from components.declaration import load_declaration
from components.declaration.forms import WORDS
from components.declaration.model import Declaration
from components.declaration.watching import WatchDeclaration
from components.declaration.wording import EXPECTED, LIMITS, shape_problem
from located_yaml import ProblemsError
from tests.components.declarations import changed, stacks
from tests.components.test_spoiled_declarations import JARGON

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def patterns(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        if "pattern" in schema:
            yield schema["pattern"]
        yield from schema.get("patternProperties", {})
        for part in schema.values():
            yield from patterns(part)
    elif isinstance(schema, list):
        for part in schema:
            yield from patterns(part)


def test_every_form_has_words() -> None:
    kinds = (Declaration, WatchDeclaration)
    assert {each for kind in kinds for each in patterns(kind.model_json_schema())} == set(WORDS)


def told(data: Any, folder: Path) -> list[str]:
    file = folder / "spoiled.yaml"
    file.write_text(json.dumps(data), encoding="utf-8")
    try:
        load_declaration(file)
    except ProblemsError as error:
        return [problem.message for problem in error.problems]
    return []


def test_what_is_not_listed_is_told_all_the_same() -> None:
    assert shape_problem("something_new", "x", {}, "Input is odd") == "'x': input is odd"
    assert set(EXPECTED) & set(LIMITS) == set()


@pytest.mark.parametrize(
    ("change", "guess"),
    [
        (("asn: 65010", "asn: 0"), "must be permitted"),
        (("ports: [443, 5432]}", "ports: [443, 0]}"), "must be permitted"),
        (("from: [10.200.0.0/16]", "from: [nowhere]"), "must be permitted"),
        (("needs: [ticket, record]}", 'needs: ["ttl<=0h"]}'), "must be permitted"),
        (("bucket: enclave-europe-hamar}", "bucket: enclave-europe-hamar, port: 0}"), "must be permitted"),
        (("sandbox: true", 'sandbox: "true"'), "needs 'cluster"),
        (("sandbox: true", "sandbox: 1"), "direct_connect"),
    ],
    ids=str,
)
def test_what_could_not_be_read_is_not_taken_for_missing(change: tuple[str, str], guess: str, tmp_path: Path) -> None:
    with pytest.raises(ProblemsError) as caught:
        load_declaration(changed(tmp_path, change))
    assert guess not in str(caught.value)
    assert len(caught.value.problems) == 1


def test_what_nothing_opens_is_still_told(tmp_path: Path) -> None:
    with pytest.raises(ProblemsError, match="must be permitted, and no path"):
        load_declaration(changed(tmp_path, ("  - {from: [app], to: store, ports: [443, 5432]}\n", "")))


def test_dates_and_networks_say_what_to_write(tmp_path: Path) -> None:
    with pytest.raises(ProblemsError, match=r"must be 0: write 10\.16\.0\.0/16"):
        load_declaration(changed(tmp_path, ("10.16.0.0/16", "10.16.3.4/16")))
    leaving = "    role: transitional\n    exit_by: {}\n    lifecycle: building\n"
    with pytest.raises(ProblemsError, match="a day that no calendar has"):
        load_declaration(changed(tmp_path, ("    lifecycle: building\n", leaving.format("2027-02-30"))))
    changed_one = load_declaration(changed(tmp_path, ("    lifecycle: building\n", leaving.format("2027-02-28"))))
    assert changed_one.sites["dublin-2"].exit_by == date(2027, 2, 28)


def test_pydantics_own_words_would_be_noticed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The seeded bug of this family: the message as pydantic gives it."""
    monkeypatch.setattr(
        "components.declaration.load.shape_problem", lambda _kind, value, _told, said: f"{value}: {said}"
    )
    shipped = located_yaml.load(stacks / "local.yaml").data
    assert any(JARGON.search(message) for message in told({**shipped, "contact": None}, tmp_path))


@pytest.mark.parametrize(
    "issuer",
    ["https://idp.hamar.example", "https://idp.hamar.example:8443/realms/x", "https://people.eu.auth.example/"],
)
def test_issuers_are_taken_as_identity_providers_write_them(issuer: str, tmp_path: Path) -> None:
    identity = f"identity: {{issuer: '{issuer}', audience: enclave, jwks: '{{}}'}}\npurposes:"
    assert told_of(changed(tmp_path, ("purposes:", identity))) == []


@pytest.mark.parametrize(
    "issuer", ["https://...", "https://idp", "https://idp.hamar.example/?a=b", "http://idp.hamar.example"]
)
def test_an_issuer_that_no_token_can_name_is_refused(issuer: str, tmp_path: Path) -> None:
    identity = f"identity: {{issuer: '{issuer}', audience: enclave, jwks: '{{}}'}}\npurposes:"
    assert any("is not an https address" in line for line in told_of(changed(tmp_path, ("purposes:", identity))))


def told_of(file: Path) -> list[str]:
    try:
        load_declaration(file)
    except ProblemsError as error:
        return [
            problem.message for problem in error.problems if "issuer" in problem.message or "https" in problem.message
        ]
    return []
