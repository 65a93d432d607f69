"""Workers of a wave in a real cluster: an Indexed Job of the real controllers moves a bucket part by part.

The pods are run by a stand-in of a kubelet, and the stores are stand-ins.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

from components.declaration import load_declaration
from console.exit_codes import GOOD, REFUSED
from hosts.wave.starting import CONFLICT
from sandbox.migration.data import Planned, make, planned
from sandbox.migration.declared import declared_with_workers, journal_of
from sandbox.migration.move import Move
from sandbox.migration.workers import Cluster, Shown
from sandbox.services.sandbox import start_control_plane, stop
from sandbox.toolchain import ensure
from tests.console.wave.running import ran, surround

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sandbox.migration.stand_ins import Storages
    from sandbox.services.kubernetes_api import KubernetesApi

REGIONS = {"us-exit": "us-east-1", "dublin-1": "eu-west-1", "hamar": "us-east-1"}


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KubernetesApi]:
    """An API server and its controllers, which make pods; nobody places or plays them."""
    folder = tmp_path_factory.mktemp("cluster")
    yield start_control_plane(folder, ensure(), owner_pid=os.getpid())
    stop(folder)


class Case:
    """A wave with workers, its stores, and the commands on it."""

    def __init__(self, both: Storages, move: Move, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
        self.both, self.move, self.folder = both, move, folder
        self._patch, self._capsys = monkeypatch, capsys
        self.file = folder / "moving.yaml"
        self.file.write_text(declared_with_workers(move), encoding="utf-8")
        self.profiles = surround(monkeypatch, folder, both, REGIONS)
        self.source = both.store("us-exit", move.source, REGIONS["us-exit"])
        self.target = both.store("hamar", move.target, REGIONS["hamar"], ours=True)
        make(self.source.client, move.source, list(move.objects))
        for bucket in (move.target, journal_of(move)):
            make(self.target.client, bucket, [])

    def enclave(self, step: str, *options: str) -> tuple[int, dict[str, Any]]:
        """Run a step; return its exit code and document."""
        words = ["wave", step, "moving", self.move.wave, "--declaration", str(self.file), *options]
        return ran(self._patch, self._capsys, words)

    def worked(self, api: KubernetesApi, kills: frozenset[int] = frozenset()) -> Shown:
        """Let the cluster run the declared workers; each of ``kills`` is killed once it has copied something."""
        cluster = Cluster(api, self.folder / "pods")
        job = cluster.put(load_declaration(self.file), self.move.wave, self.profiles.read_text(encoding="utf-8"))
        return cluster.work(job, self.both, kills, lambda: any(self.target.versions()))


def test_an_indexed_job_moves_a_bucket_and_a_killed_part_is_done_again(
    both: Storages, api: KubernetesApi, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    one = Case(both, Move("w3", "hamar", "workers-out", "workers-in", planned(120)), tmp_path, monkeypatch, capsys)
    code, told = one.enclave("plan", "--versions", "50", "--write")
    assert (code, told["verdict"]) == (GOOD, "planned")
    parts = told["parts"]
    code, told = one.enclave("run")
    assert (code, told["verdict"]) == (REFUSED, "under_way")
    shown = one.worked(api, kills=frozenset({0}))
    assert shown.status["succeeded"] == parts
    assert shown.status["completedIndexes"] == f"0-{parts - 1}"
    assert {index: codes[-1] for index, codes in shown.runs.items()} == dict.fromkeys(range(parts), 0)
    assert shown.runs[0] == [137, 0]  # killed, and done again by the cluster
    for step, options in (("run", ()), ("verify", ()), ("cut-over", ("--write",)), ("purge", ("--yes",))):
        code, told = one.enclave(step, *options)
        assert code == GOOD, told
    assert list(one.source.versions()) == []


def test_other_content_fails_its_part_alone_and_a_later_plan_runs_again(
    both: Storages, api: KubernetesApi, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    some = [Planned(f"a/{number}", (10,)) for number in range(4)]
    one = Case(both, Move("w4", "hamar", "again-out", "again-in", some), tmp_path, monkeypatch, capsys)
    one.target.client.put_object(Bucket="again-in", Key="a/3", Body=b"somebody's")
    assert one.enclave("plan", "--versions", "2", "--write")[0] == GOOD
    shown = one.worked(api)
    assert shown.runs == {0: [0], 1: [CONFLICT]}  # it is not tried again
    assert shown.status["failedIndexes"] == "1"
    code, told = one.enclave("run")
    assert (code, told["verdict"]) == (REFUSED, "under_way")
    assert "'a/3'" in told["problems"][0]
    (other,) = one.target.versions(prefix="a/3")
    one.target.remove([other])
    before = one.file.read_text(encoding="utf-8")
    assert one.enclave("plan", "--versions", "2", "--write")[0] == GOOD
    after = one.file.read_text(encoding="utf-8")
    assert before != after  # another plan, and so another Job
    one.file.write_text(before, encoding="utf-8")
    code, told = one.enclave("run")
    assert code == REFUSED
    assert "no worker runs by it" in told["problems"][0]
    one.file.write_text(after, encoding="utf-8")
    assert one.worked(api).runs == {0: [0], 1: [0]}
    assert one.enclave("run")[0] == GOOD
    assert one.enclave("verify")[0] == GOOD
