"""A link stands on the law: the basis that it names must be there, and cover both countries both ways."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from enclave_policies.law.folder import load_law

from components.declaration import load_declaration
from console.site_links import refused_links
from tests.components.declarations import local, stacks

if TYPE_CHECKING:
    from pathlib import Path

    from enclave_policies.law import Law


@pytest.fixture(scope="module")
def law() -> Law:
    return load_law()


@pytest.mark.parametrize("stack", ["local", "eu-prod", "rejected"])
def test_a_shipped_link_has_its_basis(law: Law, stack: str) -> None:
    assert refused_links(load_declaration(stacks / f"{stack}.yaml"), law) == []


def test_a_basis_that_the_law_does_not_know_is_refused(tmp_path: Path, law: Law) -> None:
    (message,) = refused_links(local(tmp_path, ("basis: inside  #", "basis: handshake  #")), law)
    assert message.startswith("link 'dublin-1-hamar' names the basis 'handshake', which is no transfer rule of the law")
    assert "it has: inside" in message


def test_a_basis_that_covers_one_way_only_is_refused_for_the_other(law: Law) -> None:
    narrow = replace(law, transfers=(replace(law.transfers[0], sources=frozenset({"IE"})),))
    link, way = refused_links(load_declaration(stacks / "local.yaml"), narrow)
    assert "does not cover a link or a copy from NO to IE on" in link
    assert way.startswith("entry 0, which arrives at dublin-1, names the basis 'inside', which does not cover")
    assert "a link or a remote access from NO to IE on" in way


def test_people_of_a_country_that_no_rule_covers_get_no_way(tmp_path: Path, law: Law) -> None:
    abroad = local(tmp_path, ('country: "NO"\n    arrives', "country: US\n    arrives"))
    messages = refused_links(abroad, law)
    assert [text.partition(" from ")[2].partition(" on ")[0] for text in messages] == ["US to IE", "IE to US"]
    assert all(text.startswith("entry 0, which arrives at dublin-1,") for text in messages)


def test_a_country_outside_is_not_covered(tmp_path: Path, law: Law) -> None:
    messages = refused_links(local(tmp_path, ("country: NO", "country: US")), law)
    assert [text.partition(" from ")[2].partition(" on ")[0] for text in messages] == ["IE to US", "US to IE"]


def test_only_the_named_rule_counts(law: Law) -> None:
    """A second rule that would do is no excuse for a named one that does not."""
    named = replace(law.transfers[0], movements=frozenset({"import"}))
    both = replace(law, transfers=(named, replace(law.transfers[0], id="other")))
    assert len(refused_links(load_declaration(stacks / "local.yaml"), both)) == len(("there", "back")) * len(
        ("link", "people")
    )
