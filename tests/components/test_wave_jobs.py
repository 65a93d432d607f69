"""Workers of a wave are declared alone, between one endpoint and one store; and their way is shut to everybody else."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from components.declaration import load_declaration
from components.kubernetes.wave_job import RETRIES
from located_yaml import ProblemsError
from sandbox.migration.declared import IMAGE, SOURCE, STORAGE, declared_with_workers
from sandbox.migration.move import Move
from tests.components.shapes import shape

if TYPE_CHECKING:
    from pathlib import Path

    from components.declaration import Declaration
    from tests.components.shapes import Registered

GOOD = declared_with_workers(Move("w3", "hamar", "people", "people-in", ()))
JOB = "    job:\n"
WRONG = {
    "an image by a tag": (IMAGE, "registry.hamar.example/enclave/wave:1", "an image by its digest"),
    "S3 itself": (SOURCE[0], "s3.us-east-1.amazonaws.com", "is no private endpoint of S3 in us-east-1"),
    "an endpoint of another region": (
        "s3.us-east-1.vpce",
        "s3.eu-west-1.vpce",
        "is no private endpoint of S3 in us-east-1",
    ),
    "a public address": (SOURCE[1], "198.51.100.7", "198.51.100.7 is public address space"),
    "an address of a site": (SOURCE[1], "10.18.4.7", "lies in 10.18.0.0/16 of site 'us-exit'"),
    "an address of people": (SOURCE[1], "10.200.3.4", "lies in 10.200.0.0/16 of entry 0"),
    "a store elsewhere": (STORAGE[1], "10.240.8.8", "is not in 10.32.0.0/16 of site 'hamar'"),
    "a store among pods": (STORAGE[1], "10.32.62.10", "of segment 'store', where pods are"),
    "a segment with other ways": ('"migration"', '"app"', "give workers a segment of their own"),
    "a segment that is not there": ('"migration"', '"moving"', "segment 'moving' is not declared"),
    "a journal that a wave fills": ("people-in-journal", "people-in", "wave 'w3' fills the bucket 'people-in'"),
    "a plan that is none": (JOB, f"{JOB}      plan: 4-abc\n", "a plan: its parts and its SHA-256"),
    "a site in AWS": ('to: "hamar"', 'to: "dublin-1"', "where no Job of Kubernetes runs"),
    "no buckets": ('{"people": "people-in"}', "{}", "moves nothing"),
}


def declared(folder: Path, text: str) -> Declaration:
    file = folder / "moving.yaml"
    file.write_text(text, encoding="utf-8")
    return load_declaration(file)


@pytest.mark.parametrize("mistake", WRONG)
def test_each_mistake_in_a_job_is_refused_at_its_line(mistake: str, tmp_path: Path) -> None:
    old, new, told = WRONG[mistake]
    assert old in GOOD
    with pytest.raises(ProblemsError) as caught:
        declared(tmp_path, GOOD.replace(old, new, 1))
    problems = [str(each) for each in caught.value.problems]
    assert any(told in each and f"{tmp_path / 'moving.yaml'}:" in each for each in problems), problems


@pytest.fixture(scope="module")
def registered(tmp_path_factory: pytest.TempPathFactory) -> list[Registered]:
    text = GOOD.replace(JOB, f"{JOB}      plan: 9-{'a' * 64}\n")
    return shape(declared(tmp_path_factory.mktemp("declared"), text))


def of(registered: list[Registered], kind: str, name: str) -> dict[str, Any]:
    (found,) = (each.inputs for each in registered if each.type.endswith(f":{kind}") and each.name == name)
    return json.loads(json.dumps(found))  # type: ignore[no-any-return]


def test_each_part_is_an_index_that_is_tried_again_by_itself(registered: list[Registered]) -> None:
    spec = of(registered, "Job", "hamar-wave-w3")["spec"]
    said = {name: spec[name] for name in ("completionMode", "completions", "parallelism", "backoffLimitPerIndex")}
    assert said == {"completionMode": "Indexed", "completions": 9, "parallelism": 4, "backoffLimitPerIndex": RETRIES}
    pods = spec["template"]["spec"]
    assert pods["automountServiceAccountToken"] is False
    assert pods["containers"][0]["image"] == IMAGE
    held = of(registered, "ConfigMap", "hamar-wave-w3-settings")
    assert held["immutable"] is True
    assert held["metadata"]["name"] == pods["volumes"][0]["configMap"]["name"]
    assert not [each for each in registered if "Role" in each.type and "wave" in each.name]


def test_nobody_else_may_reach_the_store_that_a_wave_fills(registered: list[Registered]) -> None:
    """The watch and the resolver may ask API servers, which have addresses of the site, too."""
    for name in ("hamar-watch", "hamar-resolver"):
        (asked, *_) = of(registered, "NetworkPolicy", name)["spec"]["egress"]
        assert f"{STORAGE[1]}/32" in asked["to"][0]["ipBlock"]["except"]


def test_before_a_plan_no_job_is_made(tmp_path: Path) -> None:
    made = [each.type for each in shape(declared(tmp_path, GOOD)) if each.name.startswith("hamar-wave")]
    assert sorted(each.rpartition(":")[2] for each in made) == ["NetworkPolicy", "ServiceAccount", "WaveWorkers"]
