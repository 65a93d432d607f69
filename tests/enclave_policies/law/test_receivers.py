"""Receivers: hosts of other people that the law lets be told something, by their whole name, in approved countries."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from enclave_policies.guardrails.admission.cel import own_host
from enclave_policies.law.folder import load_law
from enclave_policies.places.hosts import refused_host

from tests.enclave_policies.law_editing import change, copy_of_the_law, law_of, refusal

if TYPE_CHECKING:
    from pathlib import Path

RECEIVER = "alerts.norsk-tilsyn.example"


@pytest.mark.parametrize(
    ("host", "reached"),
    [
        (RECEIVER, True),
        (RECEIVER.upper(), True),
        (f"{RECEIVER}.", True),
        (f"more.{RECEIVER}", False),
        ("norsk-tilsyn.example", False),
        (f"{RECEIVER}.evil.example", False),
        (f"not-{RECEIVER}", False),
    ],
)
def test_the_whole_name_counts_and_nothing_else(host: str, reached: bool) -> None:
    assert (refused_host(host, load_law()) is None) is reached


def test_the_cluster_itself_lets_the_same_hosts_be_reached() -> None:
    assert f"'{RECEIVER}'" in own_host("h", load_law()).replace('"', "'")


@pytest.mark.parametrize("country", ["US", "CN", "SE"])
def test_a_receiver_in_a_country_that_may_hold_no_data_is_told_nothing(country: str, tmp_path: Path) -> None:
    pack = copy_of_the_law(tmp_path)
    change("approved.yaml", f"{RECEIVER}: NO", f"{RECEIVER}: {country}")(pack)
    assert refused_host(RECEIVER, law_of(pack)) is not None


def test_a_receiver_in_no_country_at_all_is_a_fault_of_the_law(tmp_path: Path) -> None:
    pack = copy_of_the_law(tmp_path)
    change("approved.yaml", f"{RECEIVER}: NO", f"{RECEIVER}: Norway")(pack)
    assert "approved.yaml:" in refusal(pack)


def test_without_the_row_nobody_may_be_told(tmp_path: Path) -> None:
    """The seeded bug of this family: a law that lets every host be told something would pass here."""
    pack = copy_of_the_law(tmp_path)
    change("approved.yaml", f"  {RECEIVER}: NO", f"  others.{RECEIVER}: NO")(pack)
    assert refused_host(RECEIVER, law_of(pack)) is not None


def test_a_receiver_in_a_country_that_nobody_knows_is_told_at_its_line(tmp_path: Path) -> None:
    pack = copy_of_the_law(tmp_path)
    change("approved.yaml", f"{RECEIVER}: NO", f"{RECEIVER}: UK")(pack)
    assert "country 'UK' is not in countries.yaml; correct it or add it there" in refusal(pack)
