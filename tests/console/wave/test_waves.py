"""Waves by the command, over real storages: what is copied, proved, cut over and removed, and what stops each step."""

from __future__ import annotations

import json
import re
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import pytest
from botocore.config import Config

from console.exit_codes import BAD_INPUT, FAILED, GOOD, REFUSED
from console.gate.stack import declared_at
from console.wave.working import copier_at
from evidence.bundle.statement import KIND
from hosts.gateway import dsse
from hosts.wave import reached
from located_yaml import ProblemsError
from sandbox.migration.data import Planned, content, make, planned
from sandbox.migration.declared import declared
from sandbox.migration.move import Move
from tests.console.wave.running import ran, surround

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sandbox.migration.stand_ins import Storages

REGIONS = {"us-exit": "us-east-1", "dublin-1": "eu-west-1", "hamar": "us-east-1"}


class Case:
    """A wave of its own buckets, its declaration, and the commands on it."""

    def __init__(self, both: Storages, move: Move, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
        self.both, self.move, self.folder = both, move, folder
        self._patch, self._capsys = monkeypatch, capsys
        self.file = folder / "moving.yaml"
        self.file.write_text(declared([move]), encoding="utf-8")
        surround(monkeypatch, folder, both, REGIONS)
        self.source = both.store("us-exit", move.source, REGIONS["us-exit"])
        self.target = both.store(move.site, move.target, REGIONS[move.site], ours=move.site == "hamar")
        make(self.source.client, move.source, list(move.objects))
        make(self.target.client, move.target, [])

    def enclave(self, step: str, *options: str) -> tuple[int, dict[str, Any]]:
        """Run a step; return its exit code and document."""
        more = ["--rclone", str(self.both.copier)] if step == "run" else []
        words = ["wave", step, "moving", self.move.wave, "--declaration", str(self.file), *more, *options]
        return ran(self._patch, self._capsys, words)

    def done(self, *steps: str) -> None:
        """Take steps that must succeed."""
        for step in steps:
            options = {"purge": ["--yes"], "cut-over": ["--write"], "plan": ["--versions", "20"]}.get(step, [])
            code, told = self.enclave(step, *options)
            assert code == GOOD, told

    def left(self) -> list[str]:
        """Return the keys of all versions at the source, sorted."""
        return sorted(each.key for each in self.source.versions())


@pytest.fixture
def case(
    both: Storages, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any, request: pytest.FixtureRequest
) -> Callable[..., Case]:
    def made(objects: list[Planned], site: str = "dublin-1") -> Case:
        bucket = re.sub(r"[^a-z0-9]+", "-", request.node.name.lower()).strip("-")[:40]
        move = Move("w3", site, f"{bucket}-out", f"{bucket}-in", objects)
        return Case(both, move, tmp_path, monkeypatch, capsys)

    return made


SOME = [Planned("a/1", (10,)), Planned("a/2", (20, None, 5)), Planned("b", (0,)), Planned("../c", (7,))]


@pytest.mark.parametrize("site", ["dublin-1", "hamar"])
def test_a_wave_brings_every_version_under_every_name_and_leaves_the_source_empty(
    site: str, case: Callable[..., Case]
) -> None:
    one = case(planned(60), site)
    one.done("plan", "run", "verify", "cut-over", "purge")
    assert one.left() == []
    whole = b"".join(each.read_bytes() for each in sorted(one.folder.rglob("*.source.jsonl")))
    assert whole == b"".join(each.read_bytes() for each in sorted(one.folder.rglob("*.target.jsonl")))
    rows = [json.loads(row) for row in whole.splitlines()]
    assert len(rows) == one.move.versions
    assert {row["key"] for row in rows} == {each.key for each in one.move.objects}
    code, told = one.enclave("status", "--as-of", "2040-01-01")
    assert (code, told["verdict"], told["stage"]) == (GOOD, "in_time", "purged")
    for name in ("manifest.dsse.json", "empty.dsse.json"):
        (file,) = one.folder.rglob(name)
        statement = json.loads(dsse.opened(file.read_bytes(), KIND).payload)
        assert statement["predicate"]["wave"] == "w3"


def test_each_step_waits_for_the_one_before(case: Callable[..., Case]) -> None:
    one = case(SOME)
    for step in ("run", "verify", "cut-over", "purge"):
        assert one.enclave(step)[0] == REFUSED
    one.done("plan")
    for step in ("verify", "cut-over", "purge"):
        assert one.enclave(step)[0] == REFUSED
    one.done("run")
    assert one.enclave("purge", "--yes")[0] == REFUSED
    assert len(one.left()) == 6


def test_a_second_run_copies_only_what_came_since(case: Callable[..., Case]) -> None:
    one = case(SOME)
    one.done("plan", "run")
    before = [each.id for each in one.target.versions()]
    one.source.client.put_object(Bucket=one.move.source, Key="zz-new", Body=b"new")
    one.done("run")
    after = {each.id: each.key for each in one.target.versions()}
    assert set(before) < set(after)
    assert [after[each] for each in after.keys() - set(before)] == ["zz-new"]


def test_other_content_at_the_target_is_named_and_never_overwritten(case: Callable[..., Case]) -> None:
    one = case(SOME)
    one.target.client.put_object(Bucket=one.move.target, Key="a/1", Body=b"somebody's")
    one.done("plan")
    code, told = one.enclave("run")
    assert code == REFUSED
    assert "'a/1'" in told["problems"][0]
    assert one.target.client.get_object(Bucket=one.move.target, Key="a/1")["Body"].read() == b"somebody's"


def test_a_change_of_one_byte_at_the_target_is_named_and_nothing_is_signed(case: Callable[..., Case]) -> None:
    one = case(SOME)
    one.done("plan", "run")
    (old,) = one.target.versions(prefix="a/1")
    body = bytearray(content("a/1", 0, 10))
    body[3] ^= 1
    one.target.remove([old])
    one.target.client.put_object(
        Bucket=one.move.target, Key="a/1", Body=bytes(body), Metadata={"written-by": "a stand-in"}
    )
    code, told = one.enclave("verify")
    assert code == REFUSED
    assert told["differences"] == ["version 1 of 'a/1' has another content at the target"]
    assert list(one.folder.rglob("*.dsse.json")) == []
    assert one.enclave("purge", "--yes")[0] == REFUSED


def test_what_came_after_the_comparison_stops_the_cut_over(case: Callable[..., Case]) -> None:
    one = case(SOME)
    one.done("plan", "run", "verify")
    one.source.client.put_object(Bucket=one.move.source, Key="a/1", Body=b"later")
    code, told = one.enclave("cut-over", "--write")
    assert code == REFUSED
    assert "'a/1'" in told["problems"][0]
    assert "readers" not in one.file.read_text(encoding="utf-8")


def test_what_is_in_no_signed_manifest_is_never_removed_and_is_red_after_its_day(case: Callable[..., Case]) -> None:
    one = case(SOME)
    one.done("plan", "run", "verify", "cut-over")
    one.source.client.put_object(Bucket=one.move.source, Key="a/late", Body=b"late")
    code, told = one.enclave("purge", "--yes")
    assert code == REFUSED
    assert len(told["left"]) == 1
    assert "'a/late'" in told["left"][0]
    assert one.left() == ["a/late"]
    assert one.enclave("status", "--as-of", "2027-03-31")[0] == GOOD
    code, told = one.enclave("status", "--as-of", "2027-04-01")
    assert (code, told["verdict"]) == (REFUSED, "overdue")
    assert "'a/late'" in told["problems"][0]


def test_an_unfinished_upload_is_removed_with_the_rest(case: Callable[..., Case]) -> None:
    one = case(SOME)
    one.source.client.create_multipart_upload(Bucket=one.move.source, Key="half")
    one.done("plan", "run", "verify", "cut-over", "purge")
    assert one.source.uploads() == []


def test_replicas_of_the_source_are_emptied_too(case: Callable[..., Case]) -> None:
    one = case([Planned("a", (3,))])
    replica = f"{one.move.source}-copy"
    make(one.source.client, replica, [])
    rule = {"Status": "Enabled", "Prefix": "", "Destination": {"Bucket": f"arn:aws:s3:::{replica}"}}
    one.source.client.put_bucket_replication(
        Bucket=one.move.source,
        ReplicationConfiguration={"Role": "arn:aws:iam::111122223333:role/replicate", "Rules": [rule]},
    )
    one.source.client.put_object(Bucket=replica, Key="a", Body=b"of another time")
    one.done("plan", "run", "verify", "cut-over")
    code, told = one.enclave("purge", "--yes")
    assert code == REFUSED
    assert [each.partition(":")[0] for each in told["left"]] == [replica]


def test_a_manifest_that_was_changed_removes_nothing(case: Callable[..., Case]) -> None:
    one = case(SOME)
    one.done("plan", "run", "verify", "cut-over")
    (file,) = one.folder.rglob("*.versions.jsonl")
    file.write_bytes(file.read_bytes() + b'["a/9","v","e",1]\n')
    code, told = one.enclave("purge", "--yes")
    assert code == REFUSED
    assert "is not what was signed" in told["problems"][0]
    assert len(one.left()) == 6


def test_a_journal_that_tells_of_other_manifests_than_were_signed_removes_nothing(case: Callable[..., Case]) -> None:
    one = case(SOME)
    one.done("plan", "run", "verify", "cut-over")
    (file,) = one.folder.rglob("*.versions.jsonl")
    (journal,) = one.folder.rglob("journal.jsonl")
    old = sha256(file.read_bytes()).hexdigest()
    (more,) = one.source.versions(prefix="a/1")
    file.write_bytes(file.read_bytes() + json.dumps([more.key, "v", more.etag, more.size]).encode() + b"\n")
    text = journal.read_text(encoding="utf-8")
    journal.write_text(text.replace(old, sha256(file.read_bytes()).hexdigest()), encoding="utf-8")
    code, told = one.enclave("purge", "--yes")
    assert code == REFUSED
    assert "is signed over other manifests" in told["problems"][0]
    assert len(one.left()) == 6


def test_the_edit_is_shown_and_readers_who_go_back_stop_the_removal(case: Callable[..., Case]) -> None:
    one = case(SOME)
    one.done("plan", "run", "verify")
    code, told = one.enclave("cut-over")
    assert code == REFUSED
    assert told["edit"][-1].endswith("readers: dublin-1}")
    one.done("cut-over")
    text = one.file.read_text(encoding="utf-8")
    one.file.write_text(text.replace("readers: dublin-1", "readers: us-exit"), encoding="utf-8")
    assert one.enclave("purge", "--yes")[0] == REFUSED
    assert one.enclave("purge")[0] == REFUSED
    assert len(one.left()) == 6


def test_a_target_that_keeps_no_versions_is_refused(case: Callable[..., Case]) -> None:
    one = case(SOME)
    one.target.client.put_bucket_versioning(Bucket=one.move.target, VersioningConfiguration={"Status": "Suspended"})
    assert one.enclave("plan")[0] == REFUSED


def test_a_store_that_does_not_answer_is_a_failure_of_every_step(
    case: Callable[..., Case], monkeypatch: pytest.MonkeyPatch
) -> None:
    one = case(SOME)
    monkeypatch.setattr(reached, "PATIENT", Config(retries={"max_attempts": 0}))
    profiles = one.folder / "profiles"
    good = profiles.read_text(encoding="utf-8")
    bad = re.sub(r"http://127\.0\.0\.1:\d+", "http://127.0.0.1:1", good)
    for step in ("plan", "run", "verify", "cut-over", "purge", "status"):
        profiles.write_text(bad, encoding="utf-8")
        options = {"purge": ["--yes"], "cut-over": ["--write"]}.get(step, [])
        assert one.enclave(step, *options)[0] == FAILED
        profiles.write_text(good, encoding="utf-8")
        one.done(step)


def test_a_profile_that_is_missing_or_of_another_region_is_bad_input(case: Callable[..., Case]) -> None:
    one = case(SOME)
    profiles = one.folder / "profiles"
    good = profiles.read_text(encoding="utf-8")
    profiles.write_text(good.replace("[profile us-exit]", "[profile other]"), encoding="utf-8")
    assert one.enclave("plan")[0] == BAD_INPUT
    profiles.write_text(good.replace("region = us-east-1", "region = us-west-2", 1), encoding="utf-8")
    code, told = one.enclave("plan")
    assert code == BAD_INPUT
    assert "us-west-2" in told["problems"][0]


def test_a_journal_that_was_changed_is_bad_input_at_its_line_for_every_step(case: Callable[..., Case]) -> None:
    one = case(SOME)
    one.done("plan")
    (journal,) = one.folder.rglob("journal.jsonl")
    with journal.open("ab") as changed:
        changed.write(b"{}\n")
    for step in ("plan", "run", "verify", "cut-over", "purge", "status"):
        code, told = one.enclave(step, *(["--yes"] if step == "purge" else []))
        assert code == BAD_INPUT, step
        assert told["problems"][0].startswith(f"{journal}:2:1: tells of no step"), step


@pytest.mark.parametrize("kind", ["nothing", "folder", "text"])
def test_what_is_no_copier_is_named(kind: str, tmp_path: Path) -> None:
    named = tmp_path / "rclone"
    if kind == "folder":
        named.mkdir()
    elif kind == "text":
        named.write_text("rclone", encoding="utf-8")
    with pytest.raises(ProblemsError, match=re.escape(f"--rclone: {named} is no program that can be run")):
        copier_at(named)


@pytest.mark.parametrize("name", ["..", ".", "../x", "a/b", "", "x" * 101])
def test_no_name_of_a_stack_leads_out_of_the_folder_of_evidence(name: str, tmp_path: Path) -> None:
    """With `--declaration` the name is not that of a file, and folders of evidence are called by it."""
    with pytest.raises(ProblemsError, match="is no name of a stack"):
        declared_at(name, tmp_path / "declared.yaml")
