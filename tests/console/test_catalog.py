"""`enclave catalog` counts what the installed SDKs offer, and fails when nobody has judged a part of it."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest
from enclave_policies.sdk.generate import FOLDER

import console.catalog
from console.catalog import catalog, describe, measure

if TYPE_CHECKING:
    from pathlib import Path

TABLE = "aws:dynamodb/table:Table"
REPLICA = "  replicas.regionName region:destination\n  globalTableWitness.regionName"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return shutil.copytree(FOLDER, tmp_path / "types")


def test_every_type_is_classified_and_no_region_like_property_is_unknown(capsys: pytest.CaptureFixture[str]) -> None:
    assert catalog(coverage=True, json=False) == 0
    told = capsys.readouterr().out
    assert "1,748/1,748 types classified" in told
    assert "554/554 types classified" in told
    assert "0 unknown region-like properties, 0 gaps in all" in told


def test_the_json_counts_each_class(capsys: pytest.CaptureFixture[str]) -> None:
    assert catalog(coverage=True, json=True) == 0
    aws, kubernetes = json.loads(capsys.readouterr().out)["packages"]
    assert aws["types"] == aws["classified"] == sum(aws["classes"].values()) == 1748
    assert kubernetes["types"] == kubernetes["classified"] == sum(kubernetes["classes"].values()) == 554
    assert aws["region_like"] > 148


def test_seeded_bug_a_region_like_property_without_a_judgement_is_counted_and_fails(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    judged = folder / "inputs" / "judged.txt"
    text = judged.read_text(encoding="utf-8")
    assert REPLICA in text
    judged.write_text(text.replace(REPLICA, "  globalTableWitness.regionName"), encoding="utf-8")
    found = measure(folder)
    assert found.unknown_region_like == 1
    assert f"{TABLE} has an input replicas.regionName that looks like a region" in found.unknown[0]
    monkeypatch.setattr(console.catalog, "measure", lambda: found)
    assert catalog(coverage=True, json=False) == 1
    assert "1 unknown region-like properties" in capsys.readouterr().out


def test_seeded_bug_a_type_without_a_class_is_not_counted_as_classified(folder: Path) -> None:
    judged = folder / "judged.txt"
    lines = judged.read_text(encoding="utf-8").splitlines(keepends=True)
    judged.write_text("".join(line for line in lines if not line.startswith("aws:iam/role:Role ")), encoding="utf-8")
    found = measure(folder)
    assert found.packages[0].classified == found.packages[0].types - 1
    assert found.unknown == ("aws:iam/role:Role is new or without a class: judge it in law/types/judged.txt",)


def test_one_type_is_told_with_its_class_inputs_and_switches(capsys: pytest.CaptureFixture[str]) -> None:
    assert catalog(coverage=False, json=False, type_="aws:s3/bucket:Bucket") == 0
    told = capsys.readouterr().out
    assert told.startswith("aws:s3/bucket:Bucket: regional")
    assert "replicationConfiguration.rules.destination.bucket: bucket:destination" in told
    assert "accelerationStatus: fail when it is one of enabled" in told


def test_a_type_of_a_whole_package_has_the_class_of_the_package() -> None:
    found = describe("command:local:Command")
    assert found is not None
    assert found["class"] == "opaque"


def test_a_type_that_nobody_judged_is_told_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert catalog(coverage=False, json=False, type_="aws:brand/new:New") == 1
    assert "nobody has judged it, so it is refused" in capsys.readouterr().out
