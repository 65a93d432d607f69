"""Replicas by the command, over real storages: what is copied, what is told of a copy, and what is refused."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from console.exit_codes import BAD_INPUT, FAILED, GOOD, REFUSED
from evidence.bundle.statement import KIND
from hosts.gateway import dsse
from sandbox.failover.declared import declared
from sandbox.migration.data import Planned, make
from tests.console.wave.running import ran, surround

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sandbox.migration.stand_ins import Storages

REGIONS = {"dublin-1": "eu-west-1", "hamar": "us-east-1"}
SOME = [Planned("a/1", (10,)), Planned("a/2", (20, None, 5)), Planned("b", (0,))]


class Case:
    """A replica of its own buckets, its declaration, and the commands on it."""

    def __init__(self, both: Storages, name: str, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
        self.folder, self.copier = folder, both.copier
        self._patch, self._capsys, self._name = monkeypatch, capsys, name
        self.file = folder / "surviving.yaml"
        self.declare(60)
        self.profiles = surround(monkeypatch, folder, both, REGIONS)
        self.dublin = both.store("dublin-1", f"{name}-d", REGIONS["dublin-1"])
        self.hamar = both.store("hamar", f"{name}-h", REGIONS["hamar"], ours=True)
        make(self.dublin.client, self.dublin.bucket, SOME)
        make(self.hamar.client, self.hamar.bucket, [])

    def declare(self, lag_minutes: int) -> None:
        """Write the declaration."""
        self.file.write_text(declared([(f"{self._name}-d", f"{self._name}-h")], lag_minutes=lag_minutes), "utf-8")

    def enclave(self, step: str, *words: str) -> tuple[int, dict[str, Any]]:
        """Run a step on a replica; return its exit code and document."""
        more = ["--rclone", str(self.copier)] if step == "sync" else []
        line = ["failover", step, "surviving", *(words or ["people"]), "--declaration", str(self.file), *more]
        return ran(self._patch, self._capsys, line)

    def put(self, where: str, key: str, body: bytes) -> None:
        """Write an object at one of the two sites."""
        store = self.dublin if where == "dublin" else self.hamar
        store.client.put_object(Bucket=store.bucket, Key=key, Body=body)


@pytest.fixture
def case(
    both: Storages, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any, request: pytest.FixtureRequest
) -> Callable[[], Case]:
    def made() -> Case:
        name = re.sub(r"[^a-z0-9]+", "-", request.node.name.lower()).strip("-")[:40].strip("-")
        return Case(both, name, tmp_path, monkeypatch, capsys)

    return made


def test_a_copy_is_made_again_and_again_and_what_it_lacks_is_named_until_then(case: Callable[[], Case]) -> None:
    one = case()
    code, told = one.enclave("verify")
    assert (code, told["verdict"]) == (GOOD, "in_order")  # within the lag
    assert len(told["replicas"][0]["waiting"]) == 3
    code, told = one.enclave("sync")
    assert (code, told["replicas"][0]["copied"]) == (GOOD, 5)
    one.put("dublin", "a/1", b"newer")
    one.put("dublin", "c", b"new")
    told = one.enclave("verify")[1]["replicas"][0]
    assert [re.sub(r", .*", "", words) for words in told["waiting"]] == [
        "'a/1' is older: 1 of 2 versions",
        "'c' is missing",
    ]
    assert one.enclave("sync")[1]["replicas"][0]["copied"] == 2
    code, told = one.enclave("verify")
    assert (code, told["replicas"][0]["waiting"], told["replicas"][0]["lag_seconds"]) == (GOOD, [], 0)
    (file,) = one.folder.rglob("replica.dsse.json")
    statement = json.loads(dsse.opened(file.read_bytes(), KIND).payload)
    assert (statement["predicate"]["replica"], statement["predicate"]["versions"]) == ("people", 7)
    assert "a/1" not in json.dumps(statement)


def test_a_copy_that_lacks_something_for_too_long_is_refused_and_not_signed(
    case: Callable[[], Case], monkeypatch: pytest.MonkeyPatch
) -> None:
    one = case()
    one.enclave("sync")
    one.put("dublin", "c", b"new")
    (late,) = one.dublin.versions(prefix="c")
    monkeypatch.setattr("console.failover.commands.time.time", lambda: late.modified + 3601)
    code, told = one.enclave("verify")
    assert (code, told["verdict"]) == (REFUSED, "behind")
    assert told["replicas"][0]["late"] == ["'c' is missing, written 60 min ago"]
    assert list(one.folder.rglob("replica.dsse.json")) == []
    monkeypatch.setattr("console.failover.commands.time.time", lambda: late.modified + 3600)
    assert one.enclave("verify")[0] == GOOD


def test_what_only_the_copy_has_is_named_and_brought_back_by_a_replica_of_its_own(case: Callable[[], Case]) -> None:
    one = case()
    one.enclave("sync")
    one.put("hamar", "written-there", b"while Dublin was away")
    code, told = one.enclave("verify")
    assert (code, told["verdict"]) == (REFUSED, "differs")
    assert told["replicas"][0]["differences"] == ["'written-there' is at the target alone"]
    assert one.enclave("sync", "people-back")[0] == GOOD
    code, told = one.enclave("verify", "people", "people-back")
    assert (code, [each["waiting"] for each in told["replicas"]]) == (GOOD, [[], []])


def test_other_data_under_one_name_is_named_and_nothing_is_overwritten(case: Callable[[], Case]) -> None:
    one = case()
    one.put("hamar", "b", b"somebody's")
    for replicas in (["people"], ["people", "people-back"]):
        code, told = one.enclave("sync", *replicas)
        assert (code, told["verdict"]) == (REFUSED, "differs")
        for each in told["replicas"]:
            assert each["differences"] == ["'b' has other data at the target, and is left as it is"]
    assert one.hamar.client.get_object(Bucket=one.hamar.bucket, Key="b")["Body"].read() == b"somebody's"
    assert len(list(one.hamar.versions(prefix="a/"))) == 4  # the rest is copied all the same
    code, told = one.enclave("verify")
    assert (code, told["verdict"]) == (REFUSED, "differs")
    assert any("'b'" in words for words in told["replicas"][0]["differences"])


def test_a_record_that_was_changed_at_the_copy_is_brought_back_before_the_copy_is_asked_again(
    case: Callable[[], Case],
) -> None:
    one = case()
    one.enclave("sync")
    one.put("hamar", "b", b"changed while Dublin was away")
    one.put("dublin", "c", b"new")
    assert one.enclave("sync")[1]["verdict"] == "differs"
    code, told = one.enclave("sync", "people", "people-back")
    assert (code, told["verdict"]) == (GOOD, "copied")
    assert one.dublin.client.get_object(Bucket=one.dublin.bucket, Key="b")["Body"].read().startswith(b"changed")
    assert one.enclave("verify", "people", "people-back")[0] == GOOD


def test_a_copy_that_keeps_no_versions_a_name_that_is_not_declared_and_a_store_that_is_gone(
    case: Callable[[], Case], monkeypatch: pytest.MonkeyPatch
) -> None:
    from botocore.config import Config  # noqa: PLC0415

    one = case()
    one.hamar.client.put_bucket_versioning(Bucket=one.hamar.bucket, VersioningConfiguration={"Status": "Suspended"})
    assert one.enclave("sync")[0] == REFUSED
    assert one.enclave("verify", "persons")[0] == BAD_INPUT
    monkeypatch.setattr("hosts.wave.reached.PATIENT", Config(retries={"max_attempts": 0}))
    one.profiles.write_text(re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:1", one.profiles.read_text("utf-8")), "utf-8")
    assert one.enclave("sync")[0] == FAILED
    assert one.enclave("verify")[0] == FAILED
