"""`enclave catalog` counts what the installed SDKs offer, and fails when nobody has judged a part of it."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest
from enclave_policies.catalog.stored import read_catalog
from enclave_policies.sdk.generate import FOLDER

import console.catalog
from console.catalog import catalog, compiled, describe, gaps
from console.catalog_coverage import measure
from located_yaml import ProblemsError

if TYPE_CHECKING:
    from pathlib import Path

TABLE = "aws:dynamodb/table:Table"
REPLICA = "          replicas.regionName: region:destination\n          globalTableWitness"


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    shutil.copytree(FOLDER, tmp_path / "law" / "catalog")
    return tmp_path


def without_replicas(pack: Path) -> Path:
    """Take away what the tables say of a table's replicas; return the catalog's folder."""
    folder = pack / "law" / "catalog"
    inputs = folder / "inputs" / "aws.yaml"
    text = inputs.read_text(encoding="utf-8")
    assert REPLICA in text
    inputs.write_text(text.replace(REPLICA, "          globalTableWitness"), encoding="utf-8")
    return folder


def test_every_type_is_classified_and_nothing_is_unjudged(capsys: pytest.CaptureFixture[str]) -> None:
    assert catalog(coverage=True, json=False) == 0
    told = capsys.readouterr().out
    assert "1,748/1,748 types classified" in told
    assert "554/554 types classified" in told
    assert "openings: 1,748/1,748 AWS types judged" in told
    assert "objects: 92/92 of Kubernetes' own kinds judged" in told
    assert "encryption at rest: 1,748/1,748 AWS types classified" in told
    assert "0 gaps" in told


def test_the_json_counts_each_kind(capsys: pytest.CaptureFixture[str]) -> None:
    assert catalog(coverage=True, json=True) == 0
    told = json.loads(capsys.readouterr().out)
    aws, kubernetes = told["packages"]
    assert aws["types"] == aws["classified"] == sum(aws["classes"].values()) == 1748
    assert kubernetes["types"] == kubernetes["classified"] == sum(kubernetes["classes"].values()) == 554
    assert aws["region_like"] > 148
    assert told["openings"]["types"] == sum(told["openings"]["by"].values()) == 1748
    assert told["objects"]["judged"] == told["objects"]["kinds"] == 92
    assert told["programs"]["programs"] >= 80
    assert told["programs"]["blocks"] >= 740
    assert told["problems"] == []


def test_seeded_bug_a_region_like_input_without_a_judgement_is_a_gap_and_fails(
    pack: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (told,) = gaps(without_replicas(pack))
    assert told.startswith(f"{TABLE} has an input replicas.regionName that looks like a region")
    monkeypatch.setattr(console.catalog, "gaps", lambda _: (told,))
    assert catalog(coverage=True, json=False) == 1
    assert f"1 gaps: what the installed SDKs offer and nobody has judged\n  {told}" in capsys.readouterr().out


def test_seeded_bug_a_type_without_a_kind_is_not_counted_as_classified() -> None:
    found = read_catalog(FOLDER)
    kinds = {type_: kind for type_, kind in found.kinds.items() if type_ != "aws:iam/role:Role"}
    packages = measure(type(found)(kinds=kinds, encryption=found.encryption)).packages
    assert packages[0].classified == packages[0].types - 1


def test_seeded_bug_a_kind_that_nobody_judged_is_not_counted_as_judged() -> None:
    found = read_catalog(FOLDER)
    objects = {kind: inputs for kind, inputs in found.objects.items() if kind != "core/Service"}
    counted = measure(type(found)(objects=objects)).objects
    assert counted.judged == counted.kinds - 1


def test_seeded_bug_a_type_without_an_opening_is_not_counted_as_judged() -> None:
    found = read_catalog(FOLDER)
    openings = {type_: by for type_, by in found.openings.items() if type_ != "aws:eks/cluster:Cluster"}
    counted = measure(type(found)(kinds=found.kinds, openings=openings)).openings
    assert sum(counted.by.values()) == counted.types - 1


def test_when_a_setting_is_asked_is_told_with_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert catalog(coverage=False, json=False, type_="aws:eks/cluster:Cluster") == 0
    told = capsys.readouterr().out
    assert "precursor when it is absent, unless vpcConfig.endpointPublicAccess is one of false: has an API" in told
    assert "who is let in, by settings: " in told


def test_tables_that_are_not_whole_are_not_compiled(pack: Path) -> None:
    folder = without_replicas(pack)
    before = (folder / "catalog.json").read_bytes()
    with pytest.raises(ProblemsError, match=r"replicas\.regionName"):
        compiled(pack)
    assert (folder / "catalog.json").read_bytes() == before


def test_a_change_is_taken_over_by_compiling_and_not_before(pack: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kinds = pack / "law" / "catalog" / "kinds" / "others.yaml"
    kinds.write_text(kinds.read_text(encoding="utf-8").replace("      - vultr:*\n", ""), encoding="utf-8")
    with pytest.raises(ProblemsError, match=r"others.yaml:1:1: has changed .* run `enclave catalog --compile`"):
        catalog(coverage=False, json=False, type_="vultr:a/b:C", only_pack=pack)
    assert compiled(pack) == 0
    assert catalog(coverage=False, json=False, type_="vultr:a/b:C", only_pack=pack) == 1
    assert "nobody has judged it, so it is refused" in capsys.readouterr().out


def test_one_type_is_told_with_its_kind_inputs_and_switches(capsys: pytest.CaptureFixture[str]) -> None:
    assert catalog(coverage=False, json=False, type_="aws:s3/bucket:Bucket") == 0
    told = capsys.readouterr().out
    assert told.startswith("aws:s3/bucket:Bucket: regional")
    assert "replicationConfiguration.rules.destination.bucket: bucket:destination" in told
    assert "accelerationStatus: fail when it is one of enabled" in told


def test_a_type_of_a_whole_package_has_the_kind_of_the_package() -> None:
    found = describe(read_catalog(FOLDER), "command:local:Command")
    assert found is not None
    assert found["kind"] == "opaque"


def test_a_type_that_nobody_judged_is_told_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert catalog(coverage=False, json=False, type_="aws:brand/new:New") == 1
    assert "nobody has judged it, so it is refused" in capsys.readouterr().out
