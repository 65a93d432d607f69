"""The proof over a table's whole domain agrees with an oracle that knows no Cedar, and finds permits for China."""

from __future__ import annotations

import random
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest
from enclave_policies.access.domain import domain_of
from enclave_policies.access.proof import proof_of
from enclave_policies.law.folder.access import load_access_law

from components.access.bundle import bundle_of
from components.access.policies import row_name
from components.declaration import load_declaration
from components.declaration.model import Decision, Entity
from hosts.gateway.bundle import POLICIES, SCHEMA, SETTINGS, settings_of
from hosts.gateway.decision import Decider, Grant, Question
from tests.campaign import in_campaign
from tests.gateways.conftest import DECLARED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from components.declaration.model import Declaration

LAW = load_access_law()
COUNTRIES = tuple(sorted(LAW.countries))
EMPLOYERS = {"northern": "IE", "fjord": "NO", "harbour": "CN", "western": "US"}
CLASSES, PURPOSES = ("restricted", "telemetry"), ("support", "statistics")
FEW, MANY = 40, 200
STRICTEST = ("deny", "pseudonymise", "allow")


def declared(rows: list[Decision]) -> Declaration:
    """Return the tests' enclave with another table."""
    base = load_declaration(DECLARED)
    gateway = base.gateways["employees"].model_copy(update={"decide": rows})
    entities = {name: Entity(country="IE", controlled_from=country) for name, country in EMPLOYERS.items()}
    return base.model_copy(update={"gateways": {"employees": gateway}, "entities": entities})


def bundle(rows: list[Decision]) -> dict[str, str]:
    return bundle_of(declared(rows), "hamar", "employees", None)


def row(**fields: Any) -> Decision:
    whole = {
        "from": ["IE", "NO"],
        "employer": ["northern"],
        "class": ["restricted"],
        "purpose": ["support"],
        "result": "allow",
    }
    return Decision.model_validate({**whole, **fields})


def random_table(chance: random.Random) -> list[Decision]:
    def some(values: tuple[str, ...]) -> list[str]:
        return chance.sample(values, chance.randint(1, len(values)))

    needs = ("ticket", "approver", "record", "ttl<=4h", "ttl<=30m")
    return [
        row(
            **{
                "from": some(("IE", "NO", "CN", "US", "DE")),
                "employer": some(tuple(EMPLOYERS)),
                "class": some(CLASSES),
                "purpose": some(PURPOSES),
                "result": chance.choice(STRICTEST),
                "needs": chance.sample(needs, chance.randint(0, 3)),
            }
        )
        for _ in range(chance.randint(0, 6))
    ]


def met(need: str, grant: Grant) -> bool:
    limit = {"ttl<=4h": 240, "ttl<=30m": 30}
    if need in limit:
        return 1 <= grant.minutes <= limit[need]
    return {"ticket": grant.ticket, "approver": grant.approvers > 0, "record": True}[need]


def oracle(rows: list[Decision], question: Question) -> str:
    """What a person reading the table would say."""
    fitting = [
        each.result
        for each in rows
        if question.location in each.from_
        and question.employer in each.employer
        and question.data_class in each.class_
        and question.purpose in each.purpose
        and all(met(need, question.grant) for need in each.needs)
    ]
    return next((result for result in STRICTEST if result in fitting), "deny")


def compared(rows: list[Decision]) -> int:
    """Hold the decider against the oracle on every question; return how many there were."""
    files = bundle(rows)
    settings = settings_of(files[SETTINGS])
    decider = Decider(files[POLICIES], files[SCHEMA], settings.results)
    domain = domain_of(files[POLICIES], settings, (), COUNTRIES)
    number = 0
    for question in domain.questions():
        assert decider.answer(question).result == oracle(rows, question), (rows, question)
        number += 1
    return number


def test_the_shipped_form_of_a_table_is_decided_as_a_person_reads_it() -> None:
    rows = load_declaration(DECLARED).gateways["employees"].decide
    assert compared(rows) > 0


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Take a slice of the tables, all 200 in a campaign."""
    if "table" in metafunc.fixturenames:
        campaign = in_campaign(metafunc.config)
        metafunc.parametrize("table", range(MANY if campaign else FEW))


def test_a_generated_table_is_decided_as_a_person_reads_it(table: int) -> None:
    assert compared(random_table(random.Random(table))) > 0  # noqa: S311  not for secrets


@pytest.mark.parametrize("seed", range(0, 200, 40))
def test_one_country_stands_for_all_that_nobody_names(seed: int) -> None:
    """All countries there are, one by one, give what their representative gave."""
    files = bundle(random_table(random.Random(seed)))  # noqa: S311  not for secrets
    settings = settings_of(files[SETTINGS])
    decider = Decider(files[POLICIES], files[SCHEMA], settings.results)
    domain = domain_of(files[POLICIES], settings, LAW.access.never if LAW.access else (), COUNTRIES)
    standing = next(country for country, number in domain.countries.items() if number > 1)
    others = [country for country in COUNTRIES if country not in domain.countries]
    assert len(others) + len(domain.countries) == len(COUNTRIES) == sum(domain.countries.values())
    grants = (domain.grants[0], domain.grants[-1])
    for employer, data_class, purpose, grant in product(domain.employers, CLASSES, PURPOSES, grants):
        answers = {
            decider.answer(Question("x", country, employer, EMPLOYERS[employer], data_class, purpose, grant))
            for country in (standing, *others)
        }
        assert len(answers) == 1


def broken(rows: list[Decision]) -> Mapping[str, Question]:
    never = LAW.access.never if LAW.access else ()
    return {each.never: each.question for each in proof_of(bundle(rows), never, COUNTRIES).broken}


def test_the_tests_own_table_keeps_the_law() -> None:
    assert broken(list(load_declaration(DECLARED).gateways["employees"].decide)) == {}


@pytest.mark.parametrize(
    ("fields", "never"),
    [
        ({"from": ["NO", "CN"]}, {"located-in-china"}),
        ({"employer": ["harbour"]}, {"controlled-from-china"}),
        ({"employer": ["harbour"], "from": ["CN"]}, {"controlled-from-china", "located-in-china"}),
        ({"employer": ["harbour"], "result": "pseudonymise"}, {"controlled-from-china"}),
        ({"employer": ["harbour"], "needs": ["ticket", "approver", "ttl<=30m"]}, {"controlled-from-china"}),
    ],
)
def test_a_seeded_permit_for_china_is_found_and_named(fields: dict[str, Any], never: set[str]) -> None:
    """The seeded bugs of this family."""
    found = broken([row(), row(**fields)])
    assert set(found) == never
    for question in found.values():
        assert question.data_class == "restricted"
        assert "CN" in (question.location, question.controlled_from)


def test_a_row_that_denies_takes_back_what_another_permits() -> None:
    wide = row(employer=list(EMPLOYERS))
    assert set(broken([wide])) == {"controlled-from-china"}
    assert broken([wide, row(employer=["harbour"], result="deny")]) == {}


def test_policies_that_compare_parts_of_texts_are_asked_about_every_country() -> None:
    files = bundle([row()])
    sly = files[POLICIES] + (
        f'@id("{row_name(0)}")\npermit (principal, action == Action::"access", resource == DataClass::"restricted")\n'
        'when { context.location like "C*" };\n'
    )
    settings = settings_of(files[SETTINGS])
    assert len(domain_of(sly, settings, (), COUNTRIES).countries) == len(COUNTRIES)
    never = LAW.access.never if LAW.access else ()
    found = {each.never for each in proof_of({**files, POLICIES: sly}, never, COUNTRIES).broken}
    assert "located-in-china" in found


def test_a_yes_from_nowhere_is_told() -> None:
    files = bundle([row()])
    more = files[POLICIES] + '@id("back-door")\npermit (principal, action, resource);\n'
    assert proof_of({**files, POLICIES: more}, (), COUNTRIES).untraced


@pytest.mark.parametrize(
    "policies",
    [
        'permit (principal, action, resource) when { context.locaton == "IE" };',
        "permit (principal",
        "permit (principal, action, resource) when { context.grant.minutes * 2 <= 240 };",
        "permit (principal, action, resource) when { context.grant.minutes <= context.grant.approvers };",
    ],
)
def test_policies_that_do_not_fit_their_schema_are_told(policies: str) -> None:
    assert proof_of({**bundle([row()]), POLICIES: policies}, (), COUNTRIES).wrong
