"""KEY-017: volumes of a cluster are encrypted by a key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from enclave_policies.identifiers.shown import shown
from enclave_policies.key_custody.volumes import classes_in, default_class, storage_classes_asked, trouble_of_class
from enclave_policies.kubernetes.objects import objects_of
from enclave_policies.law.folder.custody import custody_of
from enclave_policies.reading.rule import StackRule
from enclave_policies.resources.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.reading.finding import Finding, Verdict
    from enclave_policies.reading.reading import Reading
    from enclave_policies.reading.stack import Stack


def check(reading: Reading, stack: Stack) -> Iterator[Finding]:
    """Judge storage classes by their provisioner, and claims by their class."""
    custody = custody_of(reading.law)
    for found in objects_of(reading.resource):
        if found.kind == "StorageClass" and not found.patch:
            trouble = trouble_of_class(found, custody.provisioners)
            if trouble is not None:
                verdict: Verdict = "undetermined" if trouble.open else "fail"
                yield rule.finding(reading, trouble.words, verdict=verdict, at=f"{found.path}{trouble.path}")
        for path, name in storage_classes_asked(found):
            if name is UNKNOWN:
                problem = f"asks for storage that is not known yet ({path})"
                yield rule.finding(reading, problem, verdict="undetermined", at=path)
            elif name is None and not default_class(stack):
                problem = f"takes the cluster's default storage class ({path}), and this stack makes none"
                yield rule.finding(reading, problem, verdict="undetermined", at=path)
            elif name is not None and name not in classes_in(stack) and not _is_listed(name, reading):
                problem = f"asks for storage class {shown(str(name))} ({path}), which neither stack nor law knows"
                yield rule.finding(reading, problem, verdict="undetermined", at=path)


def _is_listed(name: str, reading: Reading) -> bool:
    listed = custody_of(reading.law).decided.storage_classes.get(name)
    return listed is not None and listed.cluster == reading.location.code


rule = StackRule(
    id="KEY-017",
    name="volume-encryption",
    title="Volumes of a cluster are encrypted by a key.",
    severity="high",
    remedy="use a storage class that encrypts and names a key, or list the cluster's own in law/custody.yaml",
    check=check,
    placing=False,
    package="kubernetes",
)
