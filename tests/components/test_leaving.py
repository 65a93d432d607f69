"""What may leave is declared field by field; each mistake is refused at its line of the declaration."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from components.declaration import load_declaration
from components.declaration.leaving import digest, schema
from components.declaration.leaving import schema_lines as lines_of
from hosts.deidentify.schema import flows_of
from located_yaml import ProblemsError
from tests.components.declarations import changed, local, refused_at_its_place, stacks

if TYPE_CHECKING:
    from pathlib import Path

USER = "user: {do: pseudonym}"
PLAN = "plan: {do: keep, values: [free, plus]}"
AGE = "age: {do: age-band, width: 10, top: 80}"
GROUPS = "groups: {person: user, by: [plan, age], minimum: 50}"
RECIPIENT = "    recipient: fjord-university\n"
TOKENISED = "user: {do: token}"
REVERSAL = "reversal: {key: tokens, approvers: [aoife, magnus], purposes: [support]}"
SEALERS = ", sealers: [enclave-deidentifier]"
MISTAKES = {
    "tokens without a key that is declared": (
        REVERSAL,
        REVERSAL.replace("tokens", "vaults"),
        "'vaults'",
    ),
    "tokens under a key for codes": (REVERSAL, REVERSAL.replace("tokens", "pseudonyms"), "'pseudonyms' is for codes"),
    "tokens under a key that nobody seals with": (REVERSAL, REVERSAL.replace("tokens", "store"), "lets nobody seal"),
    "tokens that a stranger may approve": (
        REVERSAL,
        REVERSAL.replace("magnus", "knut"),
        "approver 'knut'",
    ),
    "tokens that nobody may approve": (REVERSAL, REVERSAL.replace("aoife, magnus", ""), "holds 0; give 1 or more"),
    "tokens for a purpose that is none": (
        REVERSAL,
        REVERSAL.replace("support", "fun"),
        "purpose 'fun'",
    ),
    "tokens that nobody may turn back": (f"    {REVERSAL}\n", "", "'token' needs the flow's 'reversal'"),
    "a reversal without a token": (TOKENISED, USER, "'reversal' turns tokens back, and no field"),
    "tokens under the name of pseudonyms": ("measure: tokenised", "measure: pseudonymised", "what the flow does is"),
    "who seals vaults opens them": (SEALERS, ", sealers: [enclave-token-opener]", "both seal and open vaults"),
    "who administers a key seals with it": (SEALERS, ", sealers: [enclave-deployer]", "both administer and use"),
    "a store's key that seals vaults": ("users: [enclave-store]", "users: [a], sealers: [b]", "a key of their own"),
    "a regime that is none": (RECIPIENT, f"{RECIPIENT}    regimes: [us]\n", "'us' is not allowed here"),
    "a text as it is": (USER, "user: {do: pass}", "do"),
    "free text": (PLAN, "plan: {do: keep}", "'keep' needs 'values'"),
    "a long text": (PLAN, f"plan: {{do: keep, values: [{'x' * 65}]}}", "'keep' needs 'values'"),
    "bands of a year": (AGE, "age: {do: age-band, width: 1}", "bands need 'width'"),
    "values of a pseudonym": (USER, "user: {do: pseudonym, values: [a]}", "'values' means nothing here"),
    "an unknown key": (USER, "user: {do: pseudonym, salt: a}", "salt"),
    "a group of nine": (GROUPS, GROUPS.replace("50", "9"), "'groups.minimum' is 9; 10 people are the least"),
    "a group of nobody": (GROUPS, GROUPS.replace("person: user", "person: plan"), "'groups.person' names no field"),
    "a group by people": (GROUPS, GROUPS.replace("by: [plan", "by: [user"), "'groups.by' has \"user\""),
    "records under the name of a table": ("measure: pseudonymised", "measure: aggregated", "what the flow does is"),
    "a table without groups": (f"    {GROUPS}\n", "", "what the flow does is 'pseudonymised'"),
    "noise without bounds": (
        GROUPS,
        GROUPS.replace("}", ', noise: {epsilon: "2", budget: "1", each: 1}}'),
        "'groups.noise' has no good 'epsilon'",
    ),
    "noise as a float": (
        GROUPS,
        GROUPS.replace("}", ", noise: {epsilon: 0.5, budget: 1, each: 1}}"),
        "0.5 is not a text",
    ),
    "a country in words": (
        'recipient: fjord-university\n    country: "NO"',
        "recipient: a\n    country: Norway",
        "Norway",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_refused_at_its_line(tmp_path: Path, mistake: str) -> None:
    old, new, message = MISTAKES[mistake]
    refused_at_its_place(changed(tmp_path, (old, new)), message)


OF_VISITS = "    purpose: statistics\n    recipient: f"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (f"class: restricted\n{OF_VISITS}", f"class: secret\n{OF_VISITS}", "secret"),
        (OF_VISITS, OF_VISITS.replace("statistics", "research"), "research"),
        ("subjects: [eu, uk, ch]", "subjects: [eu, uk]", "'ch' is none of 'subjects'"),
    ],
)
def test_what_a_flow_names_is_declared(tmp_path: Path, old: str, new: str, message: str) -> None:
    file = changed(tmp_path, (RECIPIENT, f"{RECIPIENT}    regimes: [eu, ch]\n"))
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    refused_at_its_place(file, message)


def test_a_mistake_in_a_field_is_told_at_the_field_and_all_come_at_once(tmp_path: Path) -> None:
    file = changed(tmp_path, (PLAN, "plan: {do: keep}"), (AGE, "age: {do: age-band, width: 1}"))
    with pytest.raises(ProblemsError) as refused:
        load_declaration(file)
    lines = file.read_text(encoding="utf-8").splitlines()
    told = [int(number) for number in re.findall(r":(\d+):\d+: ", str(refused.value))]
    assert [lines[number - 1].split()[0] for number in told] == ["plan:", "age:"]


def test_a_value_that_is_none_is_told_once(tmp_path: Path) -> None:
    with pytest.raises(ProblemsError) as refused:
        load_declaration(changed(tmp_path, (PLAN, "plan: {do: keep, values: [1.5]}")))
    (problem,) = refused.value.problems
    assert problem.message == "1.5 is not a text, a whole number, true or false; put it in quotes"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (PLAN, "plan: {do: keep, values: [free, 1, true]}"),
        (AGE, "age: {do: age-band}"),
        (USER, "user: {do: drop}"),
        (TOKENISED, f"{TOKENISED}\n      phone: {{do: token}}"),
        (REVERSAL, REVERSAL.replace("aoife, magnus", "aoife")),
        (REVERSAL, REVERSAL.replace("support]", "support, operations]")),
        (GROUPS, GROUPS.replace("50", "20")),
        (RECIPIENT, f"{RECIPIENT}    regimes: [eu]\n"),
        ("measure: aggregated", "measure: noised"),
    ],
)
def test_a_near_miss_is_clean_and_a_de_identifier_takes_it(tmp_path: Path, old: str, new: str) -> None:
    more = (
        [(GROUPS, GROUPS.replace("}", ', noise: {epsilon: "0.5", budget: "1", each: 1}}'))] if "noised" in new else []
    )
    text = schema(local(tmp_path, (old, new), *more))
    assert flows_of(text.encode())[1] == []


def test_the_shipped_flows_are_read_as_they_are_declared() -> None:
    declaration = load_declaration(stacks / "local.yaml")
    flows, problems = flows_of(schema(declaration).encode())
    assert problems == []
    assert {name: (flow.recipient, flow.country, flow.measure) for name, flow in flows.items()} == {
        name: (flow.recipient, flow.country, flow.measure) for name, flow in declaration.leaving.items()
    }
    assert all(flow.regimes == tuple(declaration.subjects) for flow in flows.values())
    assert len(list(lines_of(declaration))) == len(schema(declaration).splitlines())


def test_a_field_that_is_added_changes_the_digest(tmp_path: Path) -> None:
    """The seeded bug of this family: somebody keeps a field that was not judged."""
    before = schema(load_declaration(stacks / "local.yaml"))
    after = schema(local(tmp_path, (USER, f"{USER}\n      note: {{do: pseudonym}}")))
    assert digest(before) != digest(after)
    assert '"note"' in after
