"""A change calls for no less than it may alter: a file that nobody thought of reaches every stack."""

from __future__ import annotations

from pathlib import Path

import pytest

from console.ci.work import Work, is_inert, work_for

DECLARED = ("eu-prod", "eu-test", "local")
REAL = ("eu-prod", "eu-test")
ALL = Work(REAL, REAL, undeclared=True)
repository = Path(__file__).parents[3]


@pytest.mark.parametrize(
    ("changed", "work"),
    [
        ([], Work()),
        (["docs/verdict.md", "README.md", "tests/check.py", "policy-packs/README.md"], Work()),
        (["stacks/eu-prod.yaml"], Work(("eu-prod",))),
        (["stacks/Pulumi.eu-prod.yaml", "docs/tour.md"], Work(("eu-prod",))),
        (["stacks/local.yaml", "stacks/Pulumi.local.yaml"], Work()),
        (["stacks/gone.yaml"], Work(undeclared=True)),
        (["stacks/Pulumi.gone.yaml", "stacks/eu-test.yaml"], Work(("eu-test",), undeclared=True)),
        (["policy-packs/jurisdiction/law/approved.yaml"], Work(audit=REAL)),
        (["policy-packs/jurisdiction/law/catalog/catalog.json"], Work(audit=REAL)),
        (["policy-packs/key-custody/law/storage.yaml", "stacks/eu-prod.yaml"], Work(("eu-prod",), REAL)),
        (["policy-packs/jurisdiction/law/approved.yaml", "policy-packs/jurisdiction/rules.yaml"], ALL),
        (["policy-packs/enclave_policies/law/model.py"], ALL),
        (["policy-packs/jurisdiction/law.py"], ALL),
        (["stacks/declaration.schema.json"], ALL),
        (["a-folder-that-nobody-thought-of/file"], ALL),
        (["docs"], ALL),
        (None, ALL),
    ],
)
def test_a_change_calls_for_what_it_may_alter(changed: list[str] | None, work: Work) -> None:
    assert work_for(changed, DECLARED, REAL) == work


def test_a_stack_whose_name_is_part_of_another_is_not_taken_for_it() -> None:
    assert work_for(["stacks/eu-prod-2.yaml"], ["eu-prod", "eu-prod-2"], ["eu-prod", "eu-prod-2"]).stacks == (
        "eu-prod-2",
    )


def test_what_programs_are_made_of_is_never_inert() -> None:
    parts = (".ci", "components", "console", "hosts", "located_yaml", "policy-packs", "requirements", "sandbox")
    for part in (*parts, "stacks", ".github/workflows"):
        files = [file for file in (repository / part).rglob("*") if file.is_file() and file.suffix != ".md"]
        assert files
        assert [file for file in files if is_inert(str(file.relative_to(repository)))] == []
