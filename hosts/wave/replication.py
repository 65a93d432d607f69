"""What S3 needs to bring a wave in by itself: who it acts as, and what that role, the two buckets and their keys allow.

It leads inwards alone: nobody may replicate deletions, or take changes of replicas back to the source.
Sources: Amazon S3 user guide, "Setting up permissions for live replication", "Changing the replica owner", "Replicating
encrypted objects", "Configuring IAM policies for Batch Replication"; Amazon S3 API, CreateJob.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

ENDS: Final = ("site", "account", "region", "bucket", "service")
ACTED_BY: Final = ("s3.amazonaws.com", "batchoperations.s3.amazonaws.com")
"""The services that take the role: one for what is written from now on, one for what was there before."""
OVERRIDE: Final = "s3:ObjectOwnerOverrideToBucketOwner"


@dataclass(frozen=True)
class End:
    """One bucket of a replication; ``service`` is the host of S3 there, as keys name it (``kms:ViaService``)."""

    site: str
    account: str
    region: str
    bucket: str
    service: str


@dataclass(frozen=True)
class Replication:
    """A wave that S3 brings in, from one bucket to one; ``role`` is the ARN of the role that S3 takes at the source."""

    wave: str
    role: str
    source: End
    target: End

    @property
    def partition(self) -> str:
        """The partition of AWS that both buckets are in."""
        return self.role.split(":", 2)[1]

    @property
    def crosses(self) -> bool:
        """Whether replicas come to another account, and must become that account's own."""
        return self.source.account != self.target.account

    def arn(self, end: End) -> str:
        """Return the ARN of a bucket."""
        return f"arn:{self.partition}:s3:::{end.bucket}"

    def told(self) -> dict[str, Any]:
        """Return it as plain data, which `read` takes."""
        ends = {
            name: {part: getattr(end, part) for part in ENDS}
            for name, end in (("source", self.source), ("target", self.target))
        }
        return {"wave": self.wave, "role": self.role, **ends}


def read(told: Mapping[str, Any]) -> Replication:
    """Return what `told` says. Raises KeyError, TypeError and ValueError where it does not."""
    source, target = (End(*(_text(told[name][part]) for part in ENDS)) for name in ("source", "target"))
    role = _text(told["role"])
    if not role.startswith("arn:") or f":iam::{source.account}:role/" not in role:
        raise ValueError("the role is not one of the source's account")
    return Replication(_text(told["wave"]), role, source, target)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("a text is wanted")
    return value


def trust(one: Replication) -> dict[str, Any]:
    """Return who may take the role: S3, for the source's account."""
    condition = {"StringEquals": {"aws:SourceAccount": one.source.account}}
    return _document(
        {**_allow("S3", ["sts:AssumeRole"]), "Principal": {"Service": [*ACTED_BY]}, "Condition": condition}
    )


def rights(one: Replication, source_key: str, target_key: str) -> dict[str, Any]:
    """Return what the role may do: read versions at the source, write replicas at the target, start what is there."""
    source, target = one.arn(one.source), one.arn(one.target)
    return _document(
        _allow(
            "Configuration", ["s3:GetReplicationConfiguration", "s3:ListBucket", "s3:PutInventoryConfiguration"], source
        ),
        _allow(
            "Source",
            [
                "s3:GetObjectVersionAcl",
                "s3:GetObjectVersionForReplication",
                "s3:GetObjectVersionTagging",
                "s3:InitiateReplication",
            ],
            f"{source}/*",
        ),
        _allow("Target", writing(one), f"{target}/*"),
        {**_allow("SourceKey", ["kms:Decrypt"], source_key), "Condition": _through(one, one.source)},
        {
            **_allow("TargetKey", ["kms:Encrypt", "kms:GenerateDataKey"], target_key),
            "Condition": _through(one, one.target),
        },
    )


def writing(one: Replication) -> list[str]:
    """Return what the role may do at the target; never `s3:ReplicateDelete`."""
    return ["s3:ReplicateObject", "s3:ReplicateTags", *([OVERRIDE] if one.crosses else [])]


def taking(one: Replication) -> dict[str, Any]:
    """Return the statement by which the target's bucket takes replicas."""
    return {**_allow("TakeReplicas", writing(one), f"{one.arn(one.target)}/*"), "Principal": {"AWS": one.role}}


def encrypting(one: Replication) -> dict[str, Any]:
    """Return the statement by which the target's key encrypts replicas, and decrypts nothing."""
    return _of_key("EncryptReplicas", ["kms:Encrypt", "kms:GenerateDataKey"], one, one.target)


def decrypting(one: Replication) -> dict[str, Any]:
    """Return the statement by which the source's key lets S3 read what it replicates."""
    return _of_key("DecryptForReplicas", ["kms:Decrypt"], one, one.source)


def batch(one: Replication, token: str) -> dict[str, Any]:
    """Return the parameters of the job that brings in what was there before (s3control, CreateJob).

    It writes neither its manifest nor a report: both hold names of objects, and listings tell the same.
    """
    found = {"EligibleForReplication": True, "ObjectReplicationStatuses": ["NONE", "FAILED"]}
    generator = {"SourceBucket": one.arn(one.source), "EnableManifestOutput": False, "Filter": found}
    return {
        "AccountId": one.source.account,
        "ConfirmationRequired": False,
        "Operation": {"S3ReplicateObject": {}},
        "Report": {"Enabled": False},
        "ClientRequestToken": token,
        "Description": f"wave {one.wave}",
        "Priority": 1,
        "RoleArn": one.role,
        "ManifestGenerator": {"S3JobManifestGenerator": generator},
    }


def _of_key(sid: str, actions: list[str], one: Replication, end: End) -> dict[str, Any]:
    return {**_allow(sid, actions, "*"), "Principal": {"AWS": one.role}, "Condition": _through(one, end)}


def _through(one: Replication, end: End) -> dict[str, Any]:
    bucket = one.arn(end)
    return {
        "StringEquals": {"kms:ViaService": end.service},
        "ArnLike": {"kms:EncryptionContext:aws:s3:arn": [bucket, f"{bucket}/*"]},
    }


def _allow(sid: str, actions: list[str], resource: str | None = None) -> dict[str, Any]:
    found = {"Sid": sid, "Effect": "Allow", "Action": actions}
    return {**found, "Resource": resource} if resource else found


def _document(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}
