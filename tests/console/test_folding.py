"""An audit tells the same thing once, and every different thing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from enclave_policies.reading.finding import Finding, Subject

from console.audit import folding
from console.audit.folding import NAMES, folded, said_once
from tests.console.auditing import BUCKET, URN, bucket, run, written

if TYPE_CHECKING:
    from pathlib import Path

Captured = pytest.CaptureFixture[str]
KUBERNETES = "pulumi:providers:kubernetes"
NAMESPACE = "kubernetes:core/v1:Namespace"
SEALED = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "v1:x:y"}
COUNT = 40


def sealed_cluster(folder: Path) -> Path:
    """A state of 40 namespaces of a provider whose kubeconfig is sealed."""
    provider = {"name": "hamar", "type": KUBERNETES, "inputs": {"kubeconfig": SEALED}}
    labels = {"enclave/segment": "app", "enclave/country": "NO"}
    inputs = {"metadata": {"name": "app", "labels": labels}}
    spaces = [
        {"name": f"app-{number}", "type": NAMESPACE, "provider": provider, "inputs": inputs} for number in range(COUNT)
    ]
    secrets = {"type": "passphrase", "state": {"salt": "v1:x"}}
    return written(folder, *spaces, secrets_providers=secrets)


def test_what_is_said_of_many_resources_is_said_once(tmp_path: Path, capsys: Captured) -> None:
    assert run(sealed_cluster(tmp_path)) == 1
    shown = capsys.readouterr().out.splitlines()
    assert len(shown) <= 10
    assert sum("JUR-008" in line for line in shown) == 2  # of the provider, and of what it holds
    more = next(line for line in shown if line.startswith("  and of "))
    assert more.startswith(f"  and of {COUNT - 1} more: app-1, app-2, ")
    assert more.endswith(f" and {COUNT - 1 - NAMES} more (--json names them)")


def test_what_is_told_once_stands_at_each_resource_in_the_document(tmp_path: Path, capsys: Captured) -> None:
    run(sealed_cluster(tmp_path), json=True)
    document = json.loads(capsys.readouterr().out)
    spaces = [each for each in document["resources"] if each["type"] == NAMESPACE]
    assert len(spaces) == COUNT
    assert all([finding["rule"] for finding in each["findings"]] == ["JUR-008", "JUR-040"] for each in spaces)


def test_a_cluster_that_nobody_can_tell_is_not_called_a_wrong_one(tmp_path: Path, capsys: Captured) -> None:
    run(sealed_cluster(tmp_path))
    shown = capsys.readouterr().out
    assert "JUR-023" not in shown
    assert "keep credentials out of the kubeconfig" in shown


def test_a_resource_abroad_is_one_line_although_its_record_says_it_too(tmp_path: Path, capsys: Captured) -> None:
    record = {"region": "us-east-1", "arn": "arn:aws:s3:::exit", "bucketRegion": "us-east-1"}
    export = written(tmp_path, bucket("store"), bucket("exit", "us-east-1", outputs=record))
    assert run(export) == 1
    lines = [line for line in capsys.readouterr().out.splitlines() if "exit" in line]
    (line,) = lines
    assert line.startswith(f"{URN}{BUCKET}::exit: refused: JUR-001 ")
    assert line.endswith("; the same by JUR-024 actual-place")


def finding(rule: str, name: str, where: str | None = None, problem: str = "is there") -> Finding:
    subject = Subject("urn", "type", "x")
    return Finding(rule=rule, name=name, subject=subject, verdict="fail", problem=problem, remedy="go", where=where)


@pytest.mark.parametrize(
    ("findings", "count"),
    [
        ([finding("A-1", "region", "us"), finding("JUR-024", "actual-place", "us")], 1),
        ([finding("A-1", "region", "us"), finding("JUR-024", "actual-place", "cn")], 2),
        ([finding("A-1", "region", "us"), finding("A-2", "host", "us")], 2),
        ([finding("A-1", "region", "us"), finding("A-1", "region", "us", "sends there")], 2),
        ([finding("A-1", "region"), finding("A-2", "host")], 2),
        ([finding("JUR-024", "actual-place", "us"), finding("JUR-024", "actual-place", "us", "in two")], 1),
    ],
)
def test_only_a_record_of_the_same_place_is_left_to_the_first(findings: list[Finding], count: int) -> None:
    assert len(said_once(findings)) == count


def test_resources_that_differ_in_what_is_said_stay_apart(tmp_path: Path, capsys: Captured) -> None:
    run(written(tmp_path, bucket("a", "us-east-1"), bucket("b", "us-east-2"), bucket("c", "us-east-1")))
    shown = capsys.readouterr().out
    assert "  and of 1 more: c\n" in shown
    assert f"{BUCKET}::b: refused" in shown


def test_a_fold_that_swallows_what_differs_is_noticed(
    tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The seeded bug of this family."""
    monkeypatch.setattr(folding, "said_once", lambda _findings: ("refused",))
    assert folded([]) == []
    with pytest.raises(AssertionError):
        test_resources_that_differ_in_what_is_said_stay_apart(tmp_path, capsys)


def test_a_state_older_than_the_law_is_a_warning(tmp_path: Path, capsys: Captured) -> None:
    old: dict[str, Any] = {"manifest": {"time": "2020-01-01T00:00:00Z"}}
    assert run(written(tmp_path, bucket("store"), **old)) == 0
    assert "warning: the state was written on 2020-01-01, before the newest fact of the law" in capsys.readouterr().out
    assert run(written(tmp_path, bucket("store"), manifest={"time": "2099-01-01T00:00:00Z"})) == 0
    assert "warning" not in capsys.readouterr().out
