"""The catalog knows every type of the installed SDKs, and its generated lists are fresh."""

from __future__ import annotations

from pathlib import Path

import pytest
from enclave_policies.law import SHIPPED, load_law
from enclave_policies.sdk_types import GENERATED, render, types_of

TYPES = SHIPPED / "law" / "types"


@pytest.mark.parametrize("package", sorted(GENERATED))
def test_the_generated_list_is_what_the_installed_sdk_says(package: str) -> None:
    assert (TYPES / f"{package}.txt").read_text(encoding="utf-8") == render(package), (
        "run python -m enclave_policies.sdk_types"
    )


def test_every_type_of_the_sdks_has_been_judged() -> None:
    law = load_law()
    assert len(types_of("aws")) == 1748
    assert not [token for token in types_of("aws") if law.kind(token) in (None, "no-region")]
    assert not [token for token in types_of("kubernetes") if law.kind(token) is None]


def test_a_type_that_an_sdk_upgrade_brings_is_refused_until_somebody_judges_it() -> None:
    assert load_law().kind("aws:brand/new:New") is None


def test_the_shipped_law_lies_where_the_packs_are() -> None:
    assert Path("policy-packs/jurisdiction").parts == SHIPPED.parts[-2:]
