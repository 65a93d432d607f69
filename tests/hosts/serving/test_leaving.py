"""Flows of a gateway: for whom each is, and a key for each epoch, which a restart does not change."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from hosts.deidentify import ledger
from hosts.deidentify.errors import DeidentifyError, UnavailableError
from hosts.deidentify.keys import Kms
from hosts.gateway.awaited import Awaited, Awaits
from hosts.gateway.bundle import Settings
from hosts.gateway.decision import Question
from hosts.gateway.errors import BundleError
from hosts.serving.leaving import Leaving, maker_of

if TYPE_CHECKING:
    from pathlib import Path

FLOW: dict[str, Any] = {
    "flow": "callers",
    "class": "restricted",
    "purpose": "statistics",
    "recipient": "fjord",
    "country": "NO",
    "regimes": ["eu"],
    "measure": "pseudonymised",
    "sandbox": True,
    "epoch": "week",
}
FIELD: dict[str, Any] = {"of": "callers", "field": "phone", "do": "pseudonym"}
REVERSAL: dict[str, Any] = {
    "enclave": "europe",
    "key": "tokens",
    "purposes": ["support"],
    "approvers": {"magnus": "jg5JeDsAkt9XvhmEnEwK7avRlqkAM1RS67Ba1nQr2Xo="},
}
KARI = Question("kari", "NO", "fjord", "NO", "restricted", "statistics")
SUNDAY = datetime(2026, 11, 29, 23, 59, 59, tzinfo=UTC)


def settings(*rows: dict[str, Any], **more: Any) -> Settings:
    told = "".join(f"{json.dumps(row)}\n" for row in (rows or (FLOW, FIELD)))
    key = {"kind": "stand-in"}
    made = Settings("employees", "hamar", {}, frozenset(), (), {}, {"row-1": "pseudonymise"})
    return replace(made, **{"flows": {"row-1": "callers"}, "leaving": told, "pseudonyms": key, **more})


def pseudonym(leaving: Leaving, now: datetime) -> str:
    (flow,) = leaving._flows.values()
    return str(leaving.treated(flow, now).treat({"phone": "+47 400 00 001"})["phone"])


def test_a_flow_is_for_one_class_purpose_employer_and_country(tmp_path: Path) -> None:
    leaving = Leaving(settings(), tmp_path / "epochs")
    assert leaving.flow_for(("row-1",), KARI)
    others = (
        replace(KARI, location="IE"),
        replace(KARI, employer="northern"),
        replace(KARI, data_class="telemetry"),
        replace(KARI, purpose="support"),
    )
    assert [leaving.flow_for(("row-1",), other) for other in others] == [None] * 4
    assert leaving.flow_for(("row-2",), KARI) is None


def test_two_flows_for_one_answer_are_none(tmp_path: Path) -> None:
    other = [{**FLOW, "flow": "others"}, {**FIELD, "of": "others"}]
    two = settings(FLOW, FIELD, *other, flows={"row-1": "callers", "row-2": "others"})
    leaving = Leaving(two, tmp_path / "epochs")
    assert leaving.flow_for(("row-1", "row-2"), KARI) is None
    assert leaving.flow_for(("row-1",), KARI)


def test_pseudonyms_are_equal_within_a_week_and_over_a_restart_and_then_no_more(tmp_path: Path) -> None:
    first = Leaving(settings(), tmp_path / "epochs")
    monday = SUNDAY + timedelta(seconds=1)
    before = pseudonym(first, SUNDAY)
    assert pseudonym(first, SUNDAY - timedelta(days=6)) == before
    assert pseudonym(Leaving(settings(), tmp_path / "epochs"), SUNDAY) == before
    assert pseudonym(first, monday) != before
    with ledger.opened(tmp_path / "epochs") as book:
        assert [row["epoch"] for row in book._rows] == ["employees-2026-w48", "employees-2026-w49"]


def test_no_run_over_files_gets_the_epoch_of_a_gateway(tmp_path: Path) -> None:
    leaving = Leaving(settings(), tmp_path / "epochs")
    pseudonym(leaving, SUNDAY)
    (flow,) = leaving._flows.values()
    with ledger.opened(tmp_path / "epochs") as book:
        with pytest.raises(ledger.EpochUsedError):
            book.use_epoch(flow, "employees-2026-w48")
        with pytest.raises(ledger.EpochUsedError):
            book.use_epoch(flow, "employees-2026-w48", "others")
        book.use_epoch(flow, "employees-2026-w48", "employees")


def test_a_ledger_that_somebody_changed_lets_nothing_leave(tmp_path: Path) -> None:
    (tmp_path / "epochs").write_text("{}\n")
    with pytest.raises(DeidentifyError):
        pseudonym(Leaving(settings(), tmp_path / "epochs"), SUNDAY)


def test_without_a_key_nothing_leaves(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError):
        pseudonym(Leaving(settings(pseudonyms={}), tmp_path / "epochs"), SUNDAY)


@pytest.mark.parametrize(
    "odd",
    [
        settings({**FLOW, "sandbox": False}, FIELD),
        settings({name: value for name, value in FLOW.items() if name != "epoch"}, FIELD),
        settings(FLOW, {**FIELD, "do": "country"}),
        settings(FLOW, {**FIELD, "do": "pass"}),
        settings({**FLOW, "measure": "tokenised", "reversal": REVERSAL}, {**FIELD, "do": "token"}),
        settings(flows={"row-1": "others"}),
        settings(leaving=""),
        settings(pseudonyms={"kind": "stand-in", "key": "x"}),
        settings(pseudonyms={"kind": "nobody"}),
        settings(pseudonyms={"key": "x"}),
    ],
    ids=[
        "a stand-in for people",
        "no epoch",
        "countries",
        "as it is",
        "tokens",
        "no such flow",
        "none",
        "more",
        "who",
        "no kind",
    ],
)
def test_a_bundle_that_no_gateway_carries_out_is_refused(tmp_path: Path, odd: Settings) -> None:
    with pytest.raises(BundleError):
        Leaving(odd, tmp_path / "epochs")


def test_the_key_of_a_real_site_is_asked_of_kms() -> None:
    told = {"kind": "kms", "key": "alias/europe/dublin-1/pseudonyms", "region": "eu-west-1"}
    assert maker_of(told) == Kms("alias/europe/dublin-1/pseudonyms", "eu-west-1")


def test_what_is_awaited_is_taken_once_and_forgotten_after_a_while(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (flow,) = Leaving(settings(), tmp_path / "epochs")._flows.values()
    awaits, now = Awaits(), [0.0]
    monkeypatch.setattr("hosts.gateway.awaited.time.monotonic", lambda: now[0])
    awaits.add("1", Awaited("r", flow))
    assert awaits.take("1") == Awaited("r", flow)
    assert awaits.take("1") is None
    awaits.add("2", Awaited("r", flow))
    now[0] = 61.0
    assert awaits.take("2") is None


def test_an_epoch_that_never_ends_would_be_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The seeded bug of this family."""
    monkeypatch.setattr("hosts.serving.leaving.epoch_at", lambda *_: "always")
    leaving = Leaving(settings(), tmp_path / "epochs")
    assert pseudonym(leaving, SUNDAY) == pseudonym(leaving, SUNDAY + timedelta(days=30))
