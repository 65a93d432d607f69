"""Exports, packs and runs of `enclave audit` and `enclave explain` in this process."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from console.audit import commands
from tests.corpus_cases import PACK, Case, as_export, pack_of

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

BUCKET = "aws:s3/bucket:Bucket"
URN = "urn:pulumi:local::enclave::"


def bucket(name: str, region: str = "eu-west-1", **more: Any) -> dict[str, Any]:
    return {"name": name, "type": BUCKET, "provider": "dublin-1", "inputs": {"region": region}, **more}


def case(*resources: dict[str, Any], **law: Any) -> Case:
    """A stack of these resources under a law that differs from the shipped one in these files."""
    changed = {f"{name}.yaml": content for name, content in law.items()}
    return Case("T", "a test's own", "clean", resources, law=changed)


def written(folder: Path, *resources: dict[str, Any], **deployment: Any) -> Path:
    """Write an export of these resources."""
    document = as_export(case(*resources))
    document["deployment"].update(deployment)
    file = folder / "export.json"
    file.write_text(json.dumps(document), encoding="utf-8")
    return file


def exception(**more: Any) -> dict[str, Any]:
    """An exception for the bucket `exit` and what is said of its region."""
    return {
        "id": "EX-1",
        "rules": ["JUR-001", "JUR-024"],
        "select": {"type": BUCKET, "name": "exit"},
        "owner": "storage team",
        "approver": "data protection officer",
        "reason": "emptied until the end of the year",
        "ticket": "ENC-17",
        "granted": "2026-11-01",
        "expires": "2027-03-31",
        **more,
    }


def pack(folder: Path, **law: Any) -> Path:
    """Return a copy of the shipped pack with another law."""
    return pack_of(case(**law), folder)


def run(
    export: Path,
    *,
    as_of: date | None = None,
    json: bool = False,
    strict: bool = False,
    only_pack: Path | None = PACK,
) -> int:
    """Run `enclave audit`, of the jurisdiction pack alone unless told otherwise."""
    return commands.audit(export, as_of=as_of, json=json, strict=strict, only_pack=only_pack)
