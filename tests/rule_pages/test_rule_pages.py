"""The pages of docs/rules and the lists of the packs say what the registered rules say."""

from __future__ import annotations

from dataclasses import replace

import pytest
from enclave_policies.judging.packs import EVERY, PACKS
from enclave_policies.judging.promise import promise_of, read_promise

from tests.rule_pages import files
from tests.rule_pages.examples import examples
from tests.rule_pages.page import file_name, page


def test_no_page_and_no_list_is_stale() -> None:
    assert files.stale() == [], "run python -m tests.rule_pages"


def test_every_rule_has_a_page_with_an_allowed_and_a_refused_example() -> None:
    assert {path.name for path in files.FOLDER.glob("*.md")} == {"README.md", *map(file_name, EVERY.rules)}
    for rule in EVERY.rules:
        text = (files.FOLDER / file_name(rule)).read_text(encoding="utf-8")
        assert text.index("## Allowed") < text.index("## Refused") < text.index(f"\n{rule.id} {rule.name}: ")


@pytest.mark.parametrize("pack", PACKS)
def test_a_pack_s_list_is_what_it_promises(pack: str) -> None:
    assert read_promise(files.ROOT / "policy-packs" / pack) == promise_of(PACKS[pack].rules)


def test_a_rule_that_says_something_else_makes_its_page_stale() -> None:
    """The seeded bug of this family: a title that changes and a page that does not."""
    rule = PACKS["jurisdiction"].rules[0]
    text = (files.FOLDER / file_name(rule)).read_text(encoding="utf-8")
    given = examples(rule)
    assert page(rule, "jurisdiction", given) == text
    assert page(replace(rule, title="Other words."), "jurisdiction", given) != text


def test_a_rule_whose_example_it_does_not_refuse_gets_no_page() -> None:
    silent = replace(EVERY.rules[0], name="zone")
    with pytest.raises((LookupError, StopIteration)):
        examples(silent)
