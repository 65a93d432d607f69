"""A wave that S3 brings in by itself: its job is begun once, the listings say what it left, and the proof is the same.

The stores and S3's replication are stand-ins.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any

import pytest

from console.exit_codes import GOOD, REFUSED
from console.wave import commands, replicated
from sandbox.migration.data import Planned, make
from sandbox.migration.declared import declared
from sandbox.migration.move import Move
from tests.console.wave.running import ran, surround
from tests.console.wave.s3_stand_in import StandInOfS3

if TYPE_CHECKING:
    from pathlib import Path

    from sandbox.migration.stand_ins import Storages

REGIONS = {"us-exit": "us-east-1", "dublin-1": "eu-west-1", "hamar": "us-east-1"}
AGAIN = "deleted, and written again"
SOME = [Planned("a", (10, 20)), Planned("deleted", (5, None)), Planned(AGAIN, (7, None, 8))]


class Case:
    """A wave that S3 brings in, its buckets, and the commands on it."""

    def __init__(self, both: Storages, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
        self.both, self.patch, self._capsys = both, monkeypatch, capsys
        enclave = f"e{sha256(str(folder).encode()).hexdigest()[:8]}"
        home = f"{enclave}-dublin-1-store-111122223333"
        move = Move("w3", "dublin-1", f"{enclave}-out", home, SOME)
        self.file = folder / "moving.yaml"
        text = declared([move]).replace('"delete_by"', '"replication": {"role": "wave-w3"}, "delete_by"', 1)
        self.file.write_text(text.replace("enclave: europe", f"enclave: {enclave}", 1), encoding="utf-8")
        surround(monkeypatch, folder, both, REGIONS)
        self.source = both.store("us-exit", move.source, REGIONS["us-exit"])
        self.target = both.store("dublin-1", home, REGIONS["dublin-1"])
        make(self.source.client, move.source, SOME)
        make(self.target.client, home, [])
        rule = {"ID": "w3", "Status": "Enabled", "Destination": {"Bucket": f"arn:aws:s3:::{home}"}}
        told = {"Role": "arn:aws:iam::111122223333:role/wave-w3", "Rules": [rule]}
        self.source.client.put_bucket_replication(Bucket=move.source, ReplicationConfiguration=told)

    def enclave(self, step: str, *options: str) -> tuple[int, dict[str, Any]]:
        """Run a step; return its exit code and document."""
        more = ["--rclone", str(self.both.copier)] if step == "run" else []
        words = ["wave", step, "moving", "w3", "--declaration", str(self.file), *more, *options]
        return ran(self.patch, self._capsys, words)


@pytest.fixture
def case(both: Storages, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> Case:
    return Case(both, tmp_path, monkeypatch, capsys)


def test_s3_copies_the_command_brings_the_rest_and_both_sides_are_proved_equal(case: Case) -> None:
    s3 = StandInOfS3(case.source, case.target)
    case.patch.setattr(replicated, "control", lambda *_: s3)
    assert case.enclave("plan")[0] == GOOD
    code, told = case.enclave("run")
    assert (code, told["verdict"]) == (REFUSED, "under_way")
    assert told["problems"] == ["S3's job job-1 is Active: 0 of 5 versions, 0 failed"]
    (job,) = s3.asked
    assert (job["RoleArn"], job["Report"], job["ConfirmationRequired"]) == (
        "arn:aws:iam::111122223333:role/wave-w3",
        {"Enabled": False},
        False,
    )
    assert list(case.target.versions()) == []
    s3.work()
    code, told = case.enclave("run")
    assert code == REFUSED
    assert AGAIN in told["problems"][0]  # the marker between two versions did not come, and nothing is put between
    case.target.remove(case.target.versions(prefix=AGAIN))
    code, told = case.enclave("run")
    assert (code, told["objects"]) == (GOOD, 4)  # one delete marker, and the three versions of the other key
    for step, options in (("verify", ()), ("cut-over", ("--write",)), ("purge", ("--yes",))):
        code, told = case.enclave(step, *options)
        assert code == GOOD, told
    assert list(case.source.versions()) == []
    assert len(s3.asked) == 1


def test_a_job_that_came_to_nothing_is_told_and_another_plan_begins_another(case: Case) -> None:
    s3 = StandInOfS3(case.source, case.target, status="Failed")
    case.patch.setattr(replicated, "control", lambda *_: s3)
    assert case.enclave("plan")[0] == GOOD
    code, told = case.enclave("run")
    assert code == REFUSED
    assert "plan again, and another one is begun" in told["problems"][0]
    s3.status = "Active"
    assert case.enclave("plan")[0] == GOOD
    assert case.enclave("run")[1]["verdict"] == "under_way"
    assert len(s3.asked) == 2
    s3.work()
    s3.status = "Failed"  # as S3 may call a job that found nothing to do
    code, told = case.enclave("run")
    assert (code, AGAIN in told["problems"][0]) == (REFUSED, True)  # no content is lacking, so the run went on


def test_a_sandbox_says_that_nothing_replicates_there(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    assert case.enclave("plan")[0] == GOOD
    said: list[str] = []
    monkeypatch.setattr("console.terminal.out", said.extend)
    assert commands.run("moving", "w3", case.file, case.both.copier, json=False) == GOOD
    assert said[0] == replicated.NONE_HERE
    assert [each.key for each in case.target.versions()] == [each.key for each in case.source.versions()]
