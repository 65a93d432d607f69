"""A small catalog of one service and one kind of object, for tests of what tables may say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from enclave_policies.catalog.tables.offer import FILE, render_offer
from enclave_policies.catalog.tables.sdk_type import SdkType

if TYPE_CHECKING:
    from pathlib import Path

HEAD: Final = "source: the guide\nas_of: 2026-11-22\n"
INPUTS: Final = {
    "region": "s",
    "copies.place": "s",
    "copies.public": "b",
    "settings": "sm",
    "keyId": "s",
    "size": "n",
    "modelId": "s",
}
TYPES: Final = (
    SdkType("aws:new/thing:Thing", component=False, region="override", inputs=INPUTS, aliases=("aws:old/thing:Thing",)),
    SdkType("aws:new/other:Other", component=False, region="override", inputs={"region": "s", "thingId": "s"}),
    SdkType("aws:new/account:Account", component=False, region="none", inputs={"name": "s"}),
)
OBJECT: Final = SdkType(
    "kubernetes:apps/v1:Deployment", component=False, region="none", inputs={"spec.place": "s", "spec.replicas": "n"}
)
TABLES: Final = {
    "manifest.yaml": (
        "kinds: [kinds/aws.yaml]\ninputs: [inputs/aws.yaml]\nswitches: [switches/aws.yaml]\n"
        "openings: [openings/aws.yaml]\nobjects: [objects/kubernetes.yaml]\n"
        "controllers: [controllers/kubernetes.yaml]\n"
        "models: [models/aws.yaml]\nnames: {aws: [names/aws/all.yaml]}\n"
        "encryption: [encryption/aws.yaml]\n"
    ),
    "kinds/aws.yaml": f"{HEAD}groups:\n  - kind: global\n    reason: Identities.\n"
    "    types:\n      - aws:new/account:Account\n",
    "inputs/aws.yaml": f"{HEAD}groups:\n  - reason: Copies.\n    entries:\n      - types:\n"
    "          - aws:new/thing:Thing\n        inputs:\n          copies.place: region:destination\n",
    "switches/aws.yaml": f"{HEAD}groups:\n  - reason: Open.\n    opening: true\n    entries:\n      - types:\n"
    "          - aws:new/thing:Thing\n        settings:\n          - path: copies.public\n            values:\n"
    '              - "true"\n            verdict: fail\n            says: would be open\n',
    "openings/aws.yaml": f"{HEAD}groups:\n  - reason: A setting opens it.\n    by:\n      - settings\n    types:\n"
    "      - aws:new/thing:Thing\n  - reason: Parts.\n    by:\n      - api\n    types:\n"
    "      - aws:new/other:Other\n      - aws:new/account:Account\n",
    "objects/kubernetes.yaml": f"{HEAD}groups:\n  - reason: It runs.\n    kinds:\n      - apps/Deployment\n"
    "    inputs:\n"
    "      - path: spec.place\n        decides: place\n        absent: would be anywhere\n        by: JUR-019\n"
    "        verdict: undetermined\n",
    "controllers/kubernetes.yaml": f"{HEAD}groups:\n  - reason: At home.\n    named: storage-driver\n"
    "    runs: cluster\n    names:\n      - disks.example\n      - '*.disks.example'\n",
    "models/aws.yaml": f"{HEAD}profiles:\n  eu:\n    - eu-west-1\ngroups:\n  - reason: Models.\n    entries:\n"
    "      - types:\n          - aws:new/thing:Thing\n        paths:\n          - modelId\n",
    "names/aws/all.yaml": f"{HEAD}groups:\n  - reason: Own things.\n    names:\n      thingId: no-place\n",
    "encryption/aws.yaml": f"{HEAD}groups:\n  - reason: Things.\n    entries:\n      - types:\n"
    "          - aws:new/thing:Thing\n        keys:\n          - path: keyId\n            absent: aws-owned\n"
    "            when: size\n"
    "      - types:\n          - aws:new/other:Other\n        inherits: its thing\n        by:\n"
    "          - type: aws:new/thing:Thing\n            path: keyId\n"
    "      - types:\n          - aws:new/account:Account\n        keeps_no_data: true\n",
}


def small_catalog(folder: Path, **changed: str) -> Path:
    """Write the tables and what the SDK offers; ``changed``: file (`kinds_aws` for kinds/aws.yaml) → its text."""
    for name, text in TABLES.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(changed.get(name.removesuffix(".yaml").replace("/", "_"), text), encoding="utf-8")
    sdk = {
        "aws": ("an_sdk 1.0", {type_.token: type_ for type_ in TYPES}),
        "kubernetes": ("a_cluster 1.0", {OBJECT.token: OBJECT}),
    }
    (folder / FILE).write_text(render_offer(sdk, frozenset({"aws", "kubernetes"})), encoding="utf-8")
    return folder
