"""Of what a ConfigMap or a Secret keeps, variables are one block of settings, and each file is one by itself."""

from __future__ import annotations

from typing import Any

import pytest
from enclave_policies.kubernetes.contents import blocks, told
from enclave_policies.kubernetes.objects import KubernetesObject
from enclave_policies.kubernetes.survey import survey
from enclave_policies.resources.unknown import UNKNOWN

FILE = "region: us-east-1\nendpoint: https://s3.hamar.example\n"


def kept(kind: str, group: str = "core", **body: Any) -> KubernetesObject:
    return KubernetesObject(kind, group, "", body)


@pytest.mark.parametrize(("kind", "name"), [("ConfigMap", "data"), ("Secret", "stringData")])
def test_variables_are_one_block_and_a_file_of_several_lines_is_another(kind: str, name: str) -> None:
    values = {"REGION": "us-east-1", "ENDPOINT": "https://s3.hamar.example\n", "a.conf": FILE, "b.conf": FILE}
    found = KubernetesObject(kind, "core", "", {name: {**values, "SEALED": UNKNOWN}})
    assert {text.key: text.block[1:] for text in told(found, survey(found))} == {
        "REGION": (name,),
        "ENDPOINT": (name,),
        "SEALED": (name,),
        "a.conf": (f"{name} a.conf",),
        "b.conf": (f"{name} b.conf",),
    }


@pytest.mark.parametrize(
    ("found", "read"),
    [
        (kept("ConfigMap", data={"A": "a"}), [(("data",), {"A": "a"})]),
        (kept("ConfigMap", binaryData={"A": "YQ=="}), [(("data",), {})]),
        (kept("ConfigMap", data=UNKNOWN), []),
        (kept("Secret", data={"A": "YQ=="}), []),
        (kept("ConfigMap", "acme.example", data={"A": "a"}), [(("data",), {"A": "a"})]),
    ],
)
def test_what_a_configmap_keeps_in_the_clear_is_one_block_of_settings(
    found: KubernetesObject, read: list[tuple[tuple[str, ...], dict[str, str]]]
) -> None:
    assert list(blocks(found, survey(found))) == read
