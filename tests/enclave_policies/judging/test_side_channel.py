"""A finding that is handed over beside the engine arrives as it was."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from enclave_policies.judging.side_channel import FOLDER, hand_over, handed_over
from enclave_policies.reading.finding import Claimed, Finding, Step, Subject, Waiver
from hypothesis import given
from hypothesis import strategies as st

if TYPE_CHECKING:
    from pathlib import Path

TEXT = st.text()
DAY = st.dates(date(2000, 1, 1), date(2100, 1, 1))
FINDINGS = st.builds(
    Finding,
    rule=TEXT,
    name=TEXT,
    subject=st.builds(Subject, TEXT, TEXT, TEXT),
    verdict=st.sampled_from(["fail", "undetermined", "waived", "warned"]),
    problem=TEXT,
    remedy=TEXT,
    where=st.none() | TEXT,
    country=st.none() | TEXT,
    approved=st.none() | TEXT,
    claim=st.none() | st.builds(Claimed, TEXT, TEXT, TEXT, TEXT, st.none() | st.booleans() | st.integers()),
    steps=st.lists(st.builds(Step, TEXT, TEXT, TEXT, st.lists(TEXT).map(tuple))).map(tuple),
    waiver=st.none() | st.builds(Waiver, TEXT, TEXT, TEXT, DAY, DAY),
)


@given(st.lists(FINDINGS, unique=True))
def test_findings_arrive_as_they_were_each_once(tmp_path_factory: pytest.TempPathFactory, sent: list[Finding]) -> None:
    folder = tmp_path_factory.mktemp("findings")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(FOLDER, str(folder))
        hand_over("jurisdiction", sent[:1])
        hand_over("jurisdiction", sent)
        hand_over("key-custody", sent)
    assert handed_over(folder) == ({"jurisdiction": tuple(sent), "key-custody": tuple(sent)} if sent else {})


def test_nothing_is_written_where_nobody_asks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(FOLDER, raising=False)
    hand_over("jurisdiction", [_any()])
    monkeypatch.setenv(FOLDER, str(tmp_path))
    hand_over("jurisdiction", [])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"rule": 1}', "\udcff"])
def test_a_file_that_is_no_list_of_findings_tells_nothing(text: str, tmp_path: Path) -> None:
    (tmp_path / "jurisdiction.findings.jsonl").write_bytes(text.encode("utf-8", "surrogateescape"))
    assert handed_over(tmp_path) == {"jurisdiction": ()}


def test_a_folder_that_is_gone_fails_loudly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(FOLDER, str(tmp_path / "gone"))
    with pytest.raises(OSError, match="gone"):
        hand_over("jurisdiction", [_any()])


def _any() -> Finding:
    return Finding(rule="R", name="r", subject=Subject("u", "t", "n"), verdict="fail", problem="p", remedy="r")
