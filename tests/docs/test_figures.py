"""The page of figures says what was measured, and nothing else."""

from __future__ import annotations

import re
from typing import Any

import pytest

from benchmarks import publish
from tests.docs.pages import page

MACHINE = {
    "processor": "a processor",
    "cores": 2,
    "memory_gib": 24.0,
    "system": "Linux",
    "python": "3.12",
    "commit": "0123456789ab",
    "at": "2026-11-29T05:00:00+00:00",
    "load": (0.2, 0.1, 0.1),
    "warning": None,
}
FIGURE = {
    "benchmark": "audit",
    "what": "`enclave audit`",
    "unit": "s",
    "samples": [2.0, 1.0, 3.0],
    "against": "OPA",
    "reference": 0.5,
    "median": 2.0,
    "ratio": 4.0,
    "target": {"name": "audit/OPA", "limit": 3, "at_least": False},
    "missed": True,
}
EMPTY: dict[str, Any] = {"benchmarks": {}, "commands": {}}


def test_the_page_is_what_was_written_down() -> None:
    assert page("docs/figures.md").text == publish.page(publish.read(publish.RECORD)), (
        "docs/figures.md and docs/figures.json differ; run `python -m benchmarks.publish`"
    )


def test_every_run_says_commit_day_and_machine() -> None:
    record = publish.read(publish.RECORD)
    runs = [*record["benchmarks"].values(), *record["commands"].values()]
    for run in runs:
        assert re.fullmatch(r"[0-9a-f]{7,40}", run["machine"]["commit"])
        assert re.match(r"\d{4}-\d\d-\d\d", run["machine"]["at"])
        assert run["machine"]["processor"]


def test_a_figure_stands_with_its_commit_day_machine_and_target() -> None:
    record = publish.merged(EMPTY, {"machine": MACHINE, "figures": [FIGURE]})
    text = publish.page(record)
    assert "| `enclave audit` | 2 s | 1 to 3 s | 0.5 s (OPA) | 4 | ≤ 3, missed |" in text
    assert "commit 0123456789ab, 2026-11-29, machine M1, load 0.2 at the start" in text
    assert "| M1 | 2 cores (a processor), 24 GiB, Linux, Python 3.12 |" in text


def test_a_command_stands_with_its_seconds_and_last_line() -> None:
    said = {"command": "make test", "seconds": 800, "last": "5 passed | 1 skipped", "machine": MACHINE}
    text = publish.page(publish.with_command(EMPTY, said))
    assert "| `make test` | 800 | 5 passed \\| 1 skipped | commit 0123456789ab, 2026-11-29, machine M1" in text


def test_new_figures_of_a_benchmark_take_the_place_of_its_old_ones() -> None:
    first = publish.merged(EMPTY, {"machine": MACHINE, "figures": [FIGURE, {**FIGURE, "benchmark": "reach"}]})
    second = publish.merged(first, {"machine": MACHINE, "figures": [{**FIGURE, "what": "newer"}]})
    assert [figure["what"] for figure in second["benchmarks"]["audit"]["figures"]] == ["newer"]
    assert second["benchmarks"]["reach"] == first["benchmarks"]["reach"]


@pytest.mark.parametrize("commit", ["unknown", "0123456789ab-dirty"])
def test_what_was_measured_at_no_commit_is_not_written_down(commit: str) -> None:
    with pytest.raises(ValueError, match="which nobody can look up"):
        publish.merged(EMPTY, {"machine": {**MACHINE, "commit": commit}, "figures": [FIGURE]})


def test_a_file_without_measurements_is_bad_input(tmp_path: Any, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "x.json"
    file.write_text("{}", encoding="utf-8")
    assert publish.main([str(file)]) == 2
    assert "holds no measurement" in capsys.readouterr().err
