"""The pack of an incident has every line of its window, of a record that was verified first."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from typing import TYPE_CHECKING, Any

import pytest

from console.incident.commands import incident, window_of
from evidence.incident.entries import found
from located_yaml import ProblemsError
from tests.console.test_documents import described
from tests.hosts.gateway.records import ORIGIN, kept

if TYPE_CHECKING:
    from pathlib import Path

    from tests.hosts.gateway.records import Kept

Captured = pytest.CaptureFixture[str]


def decision(at: str, person: str, **more: Any) -> dict[str, Any]:
    """An entry as an authorizer writes it (hosts/gateway/service.py)."""
    return {
        "at": f"2026-11-29T{at}+00:00",
        "kind": "decision",
        "gateway": "employees",
        "site": "hamar",
        "request": f"r-{at}",
        "person": person,
        "employer": "enclave-norway",
        "device": "laptop-1",
        "said": {"identity": "NO", "device": "NO", "network": "NO"},
        "location": "NO",
        "route": "/records/",
        "path_sha256": "a" * 64,
        "class": "restricted",
        "purpose": "support",
        "grant": None,
        "result": "allow",
        "rows": ["row-1"],
        "reason": "",
        **more,
    }


GRANT = {
    "id": "g-1",
    "wrong": "",
    "requester": "kari",
    "approvers": ["aoife", "magnus"],
    "ticket": "T-1",
    "ends": "2026-11-29T16:00:00Z",
    "break_glass": True,
}
ENTRIES = (
    decision("13:59:59.999", "ola"),
    decision("14:00:00.000", "kari", grant=GRANT),
    decision("14:10:00.000", "=ola", result="deny", reason="no-row"),
    {"at": "2026-11-29T14:10:01.000+00:00", "kind": "withdrawn", "request": "r-14:00:00.000"},
    decision("14:20:00.000", "kari", result="deny", reason="no-grant", weather="fair"),
    decision("15:00:00.000", "kari"),
)
WINDOW = ("2026-11-29T15:00:00+01:00", "2026-11-29T15:00:00Z")


def record(folder: Path, signed: tuple[int, ...] = (6,), entries: tuple[dict[str, Any], ...] = ENTRIES) -> Kept:
    return kept(folder / "gateway", len(entries), signed, entries=entries)


def packed(case: Kept, to: Path, person: str | None = None, *, json_: bool = False) -> int:
    window = window_of(*WINDOW, person)
    return incident(case.record, case.key, list(case.checkpoints.values()), window=window, to=to, json=json_)


def lines(to: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((to / "entries.csv").read_text(encoding="utf-8"))))


def test_the_pack_has_every_entry_of_the_window_and_no_other(tmp_path: Path, capsys: Captured) -> None:
    assert packed(record(tmp_path), tmp_path / "pack", json_=True) == 0
    told = described(capsys)
    assert [one["line"] for one in lines(tmp_path / "pack")] == ["2", "3", "4", "5"]
    assert (told["entries"], told["lines_of_record"], told["record"]["signed_lines"]) == (4, 6, 6)
    assert told["people"] == ["=ola", "aoife", "kari", "magnus"]
    assert told["by_result"] == {"allow": 1, "deny": 2}
    assert told["by_reason"] == {"no-grant": 1, "no-row": 1}
    assert (told["break_glass"], told["withdrawn"], told["unsigned"]) == (1, 1, 0)
    assert told["record"]["origin"] == ORIGIN


def test_an_entry_is_told_whole_with_its_grant_and_with_what_is_new(tmp_path: Path) -> None:
    packed(record(tmp_path), tmp_path / "pack")
    first, second, third, last = lines(tmp_path / "pack")
    assert (first["person"], first["class"], first["rows"], first["said.network"]) == (
        "kari",
        "restricted",
        "row-1",
        "NO",
    )
    assert (first["grant.approvers"], first["grant.break_glass"]) == ("aoife; magnus", "yes")
    assert first["withdrawn"] == "yes", "a later line takes the yes back"
    assert second["person"] == "'=ola", "no spreadsheet works it out"
    assert (third["kind"], third["withdrawn"]) == ("withdrawn", "")
    assert json.loads(last["more"]) == {"weather": "fair"}


def test_a_pack_about_one_person_has_also_what_they_approved_and_what_was_withdrawn(tmp_path: Path) -> None:
    case = record(tmp_path)
    packed(case, tmp_path / "kari", "kari")
    assert [one["line"] for one in lines(tmp_path / "kari")] == ["2", "4", "5"]
    packed(case, tmp_path / "aoife", "aoife")
    assert [one["line"] for one in lines(tmp_path / "aoife")] == ["2", "4"]
    assert packed(case, tmp_path / "nobody", "nobody") == 0
    assert lines(tmp_path / "nobody") == []


def test_what_no_checkpoint_covers_is_marked(tmp_path: Path, capsys: Captured) -> None:
    assert packed(record(tmp_path, (3,)), tmp_path / "pack") == 0
    assert [one["signed"] for one in lines(tmp_path / "pack")] == ["yes", "yes", "no", "no"]
    assert "2 entries are covered by no checkpoint" in capsys.readouterr().out


def test_a_clock_that_ran_backwards_and_lines_without_a_time_are_told(tmp_path: Path, capsys: Captured) -> None:
    entries = (*ENTRIES, decision("14:30:00.000", "ola"), {"kind": "decision", "person": "ola"})
    packed(record(tmp_path, (8,), entries), tmp_path / "pack", json_=True)
    told = described(capsys)
    assert (told["backwards"], told["undated"], told["entries"]) == ([7], 1, 5)


@pytest.mark.parametrize("spoil", [lambda text: text.replace(b"allow", b"deny", 1), lambda text: text[:-200]])
def test_a_record_that_is_not_whole_gives_no_pack(tmp_path: Path, spoil: Any, capsys: Captured) -> None:
    case = record(tmp_path)
    case.record.write_bytes(spoil(case.record.read_bytes()))
    assert packed(case, tmp_path / "pack", json_=True) == 1
    assert described(capsys)["verdict"] == "damaged"
    assert not (tmp_path / "pack").exists()


def test_the_summary_names_the_digest_of_the_record_and_of_the_entries(tmp_path: Path) -> None:
    case = record(tmp_path)
    packed(case, tmp_path / "pack")
    told = json.loads((tmp_path / "pack" / "summary.json").read_text(encoding="utf-8"))
    assert told["record"]["sha256"] == hashlib.sha256(case.record.read_bytes()).hexdigest()
    assert told["entries.csv"] == hashlib.sha256((tmp_path / "pack" / "entries.csv").read_bytes()).hexdigest()


def test_what_is_no_window_or_no_new_folder_is_bad_input(tmp_path: Path) -> None:
    for begin, until, told in (
        ("2026-11-29", "2026-11-30T00:00:00Z", "no time with its zone"),
        ("yesterday", "2026-11-30T00:00:00Z", "no time with its zone"),
        ("2026-11-30T00:00:00Z", "2026-11-30T01:00:00+01:00", "is not after"),
    ):
        with pytest.raises(ProblemsError, match=rf"^--(from|to): .*{told}"):
            window_of(begin, until, None)
    case = record(tmp_path)
    with pytest.raises(ProblemsError, match="is there already"):
        packed(case, tmp_path / "gateway")
    case.key.write_text("no key")
    with pytest.raises(ProblemsError, match="no Ed25519 public key"):
        packed(case, tmp_path / "pack")


def test_a_window_that_forgets_the_zone_is_noticed(tmp_path: Path) -> None:
    """The seeded bug of this family: 15:00 in Oslo is taken for 15:00 UTC."""
    case = record(tmp_path)
    with case.record.open("rb") as entries:
        wrong = found(entries, window_of("2026-11-29T15:00:00Z", "2026-11-29T16:00:00Z", None), 6)
    packed(case, tmp_path / "pack")
    assert [one.number + 1 for one in wrong.lines] != [int(one["line"]) for one in lines(tmp_path / "pack")]


def test_what_left_belongs_to_whoever_asked(tmp_path: Path) -> None:
    left = {"at": "2026-11-29T14:00:00.100+00:00", "kind": "left", "request": "r-14:00:00.000", "written": 2}
    others = {**left, "request": "r-14:10:00.000"}
    packed(record(tmp_path, signed=(8,), entries=(*ENTRIES, left, others)), tmp_path / "pack", "kari")
    assert [one["request"] for one in lines(tmp_path / "pack") if one["kind"] == "left"] == ["r-14:00:00.000"]
