"""The stand-in storage makes a volume for each claim that waits for one of its class, and for no other."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.services.volumes import CLASS, SELECTED, storage_class, volume_for


def claim(**changes: Any) -> dict[str, Any]:
    spec = {
        "storageClassName": CLASS,
        "accessModes": ["ReadWriteOnce"],
        "resources": {"requests": {"storage": "16Gi"}},
        **changes.pop("spec", {}),
    }
    notes = {SELECTED: "hamar-building-2"}
    metadata = {"name": "record-0", "namespace": "n", "uid": "u", "annotations": notes, **changes}
    return {"metadata": metadata, "spec": spec}


def test_a_claim_gets_a_volume_of_its_size_on_the_node_that_was_chosen() -> None:
    volume = volume_for(claim())
    assert volume is not None
    assert volume["spec"]["capacity"] == {"storage": "16Gi"}
    assert volume["spec"]["claimRef"]["uid"] == "u"
    assert "hamar-building-2" in str(volume["spec"]["nodeAffinity"])


def test_a_volume_stays_when_its_claim_goes() -> None:
    volume = volume_for(claim())
    assert volume is not None
    assert volume["spec"]["persistentVolumeReclaimPolicy"] == storage_class()["reclaimPolicy"] == "Retain"


@pytest.mark.parametrize(
    "other",
    [
        {"annotations": None},
        {"annotations": {}},
        {"spec": {"storageClassName": "another"}},
        {"spec": {"storageClassName": None}},
        {"spec": {"volumeName": "pvc-u"}},
    ],
)
def test_other_claims_get_none(other: dict[str, Any]) -> None:
    assert volume_for(claim(**other)) is None
