"""The benchmarks' arithmetic and manners; the measuring itself needs a quiet machine and minutes."""

from __future__ import annotations

import json
import os
import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest

import benchmarks.__main__ as command
from benchmarks import cold_setup, pack_price, recorded
from benchmarks.errors import NotMeasuredError
from benchmarks.figure import Figure
from benchmarks.machine import Machine
from benchmarks.report import Report
from benchmarks.timing import interleaved
from benchmarks.workbench import Workbench
from sandbox.toolchain import Progress

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


QUIET = Machine("a processor", 2, 8.0, "a system", "3.11.0", "abc", "2026-01-01T00:00:00+00:00", (0.1, 0.1, 0.1))


def figure(*samples: float, reference: float = 2.0) -> Figure:
    return Figure("a thing", "s", samples, "a peer", reference)


def one_figure(_bench: Workbench) -> Iterator[Figure]:
    yield figure(4.0)


def one_figure_then_trouble(_bench: Workbench) -> Iterator[Figure]:
    yield figure(4.0)
    raise NotMeasuredError("the sandbox is gone; start again")


def one_figure_and_a_bad_end(bench: Workbench) -> Iterator[Figure]:
    def end() -> None:
        raise NotMeasuredError("the sandbox did not stop")

    bench.ends.callback(end)
    yield figure(4.0)


def a_bug(_bench: Workbench) -> Iterator[Figure]:
    raise ZeroDivisionError("oh")
    yield


def bench() -> Workbench:
    return Workbench(Progress(), ExitStack(), 1)


def test_a_ratio_is_the_median_over_the_reference() -> None:
    assert figure(9.0, 1.0, 3.0).ratio == 1.5


@pytest.mark.parametrize(("samples", "reference"), [((), 1.0), ((-1.0,), 1.0), ((1.0,), 0.0), ((1.0,), -2.0)])
def test_what_noise_has_pushed_below_zero_is_not_measured_instead_of_a_negative_ratio(
    samples: tuple[float, ...], reference: float
) -> None:
    with pytest.raises(NotMeasuredError, match="more --rounds"):
        figure(*samples, reference=reference)


def test_variants_take_turns_and_every_other_round_goes_backwards() -> None:
    order: list[str] = []
    seconds = interleaved({"a": lambda: order.append("a"), "b": lambda: order.append("b")}, 3)
    assert order == ["a", "b", "b", "a", "a", "b"]
    assert {name: len(samples) for name, samples in seconds.items()} == {"a": 3, "b": 3}


def test_the_price_of_a_pack_leaves_out_what_starting_it_takes() -> None:
    # Starts take 1, 2 and 5 s; each resource 10, then 3 and 6 ms more.
    few = {"no pack": (1.0,), "trivial pack": (2.0,), "jurisdiction pack": (5.0,)}
    many = {"no pack": (2.0,), "trivial pack": (3.3,), "jurisdiction pack": (6.6,)}
    bare, trivial, ours = pack_price.prices(few, many, 100)
    assert [round(one.median, 6) for one in (bare, trivial, ours)] == [10.0, 3.0, 6.0]
    assert round(ours.ratio, 6) == 2.0
    (start,) = pack_price.starts(few)
    assert (start.median, start.ratio) == (4.0, 4.0)


def test_a_benchmark_that_fails_keeps_its_figures_and_lets_the_others_run() -> None:
    report = Report(QUIET)
    for name, measure in (("first", one_figure_then_trouble), ("second", a_bug), ("third", one_figure)):
        command.run(name, measure, bench(), report)
    assert {name: len(figures) for name, figures in report.figures.items()} == {"first": 1, "third": 1}
    assert report.failures["first"] == "the sandbox is gone; start again"
    assert "ZeroDivisionError" in report.failures["second"]


@pytest.mark.parametrize(
    ("measure", "code"), [(one_figure, 0), (one_figure_then_trouble, 1), (one_figure_and_a_bad_end, 1)]
)
def test_the_exit_code_says_whether_all_was_measured_and_the_file_holds_every_sample(
    measure: command.Benchmark, code: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(command, "benchmarks", {"one": measure})
    assert command.main(["--json", str(tmp_path / "figures.json")]) == code
    written = json.loads((tmp_path / "figures.json").read_text(encoding="utf-8"))
    (found,) = written["figures"]
    assert (found["benchmark"], found["samples"], found["ratio"]) == ("one", [4.0], 2.0)
    assert len(written["not_measured"]) == code


@pytest.mark.parametrize(
    ("arguments", "ran"), [([], []), (["--cold"], ["cold_setup"]), (["cold_setup"], ["cold_setup"])]
)
def test_a_cold_set_up_runs_only_when_asked_for(
    arguments: list[str], ran: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(command, "benchmarks", {command.cold: one_figure})
    file = tmp_path / "figures.json"
    assert command.main([*arguments, "--json", str(file)]) == 0
    assert [found["benchmark"] for found in json.loads(file.read_text(encoding="utf-8"))["figures"]] == ran


def test_a_busy_machine_is_warned_of_and_a_quiet_one_is_not(capsys: pytest.CaptureFixture[str]) -> None:
    busy = Machine(**{**vars(QUIET), "load": (3.2, 1.0, 1.0)})
    Report(busy).show()
    assert "the load was 3.2 at the start" in capsys.readouterr().out
    Report(QUIET).show()
    assert "warning" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nosuch"], "there is no benchmark 'nosuch'; there are: setup"),
        (["--rounds", "0"], "at least 1 is needed"),
        (["--json", "/no/such/folder/x.json"], "make it first"),
    ],
)
def test_bad_input_ends_at_once_with_code_2_and_the_next_step(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        command.main(arguments)
    assert ended.value.code == 2
    assert message in capsys.readouterr().err


def test_a_cold_set_up_sees_no_cache_no_sandbox_and_no_virtual_environment(tmp_path: Path) -> None:
    own = f"{sys.prefix}/bin"
    sandbox = "/somewhere/.sandbox"
    environment = {
        "PATH": os.pathsep.join([f"{sandbox}/bin", own, "/usr/bin"]),
        "VIRTUAL_ENV": sys.prefix,
        "ENCLAVE_SANDBOX": sandbox,
        "KUBECONFIG": f"{sandbox}/kubeconfig",
        "ENCLAVE_CACHE": "/warm",
        "GOCACHE": "/warm",
    }
    cold = cold_setup.empty_caches(tmp_path, environment)
    assert cold["PATH"] == "/usr/bin"
    assert not {"VIRTUAL_ENV", "ENCLAVE_SANDBOX", "KUBECONFIG"} & set(cold)
    assert all(value.startswith(str(tmp_path)) for name, value in cold.items() if name != "PATH")


class ExportedState:
    """An engine that exports a state of one provider and one bucket with a secret."""

    stack = "tried"
    returncode = 0
    stderr = ""

    def __init__(self) -> None:
        provider = "urn:pulumi:tried::enclave::pulumi:providers:aws::dublin"
        secret = {recorded._signature: "1b47", "plaintext": '"eu-west-1"'}
        bucket = {
            "urn": "urn:pulumi:tried::enclave::aws:s3/bucket:Bucket::store",
            "type": "aws:s3/bucket:Bucket",
            "custom": True,
            "inputs": {"tags": [{"region": secret}]},
            "provider": f"{provider}::an-id",
        }
        keeper: dict[str, Any] = {"urn": provider, "type": "pulumi:providers:aws", "custom": True}
        self.stdout = json.dumps({"deployment": {"resources": [bucket, keeper]}})

    def command(self, *_arguments: str) -> ExportedState:
        """Answer every command with the state."""
        return self


def test_recorded_resources_have_their_provider_and_their_secrets_in_the_clear() -> None:
    bucket, keeper = recorded.resources(ExportedState())  # type: ignore[arg-type]
    assert bucket.props == {"tags": [{"region": "eu-west-1"}]}
    assert bucket.provider == keeper.as_provider
    assert keeper.provider is None
