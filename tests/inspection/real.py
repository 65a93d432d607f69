"""What inspector and operator can do in a stack that stands: real questions and real calls, of which each must hold."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.engine.inventory import client
from tests.inspection.cluster import answers, document, rows

if TYPE_CHECKING:
    from tests.engine.place import Place

RECEIVER = "https://alerts.norsk-tilsyn.example/enclave"


def hold_the_cluster_to_the_table(provisioned: Place) -> None:
    """Ask the API server every row."""
    asked = rows()
    file = provisioned.folder / "reviews.json"
    file.write_text(document(asked), encoding="utf-8")
    said = answers(provisioned.kubectl("create", "-f", str(file), "-o", "json"))
    assert len(said) == len(asked) > 200
    assert [row for row, allowed in zip(asked, said, strict=True) if allowed != row.expect] == []


def try_reads(provisioned: Place) -> None:
    """Get and list as the person of a row, wherever the row is about the cluster or the gateways."""
    tried = {tuple(row.call() or ()): row for row in rows() if row.call() and row.space in ("", "enclave-gateway")}
    for words, row in tried.items():
        done = provisioned.run("kubectl", *words)
        refused = "forbidden" in done.stderr.lower()
        assert refused is not row.expect, (row, done.stderr)


def try_the_shippers_token(provisioned: Place) -> None:
    """Make a token for the inspector's receiver: it is known there, and opens nothing here."""
    token = provisioned.kubectl(
        "create", "token", "record-shipper", "-n", "enclave-gateway", "--audience", RECEIVER, "--duration", "10m"
    ).strip()
    review = {
        "apiVersion": "authentication.k8s.io/v1",
        "kind": "TokenReview",
        "spec": {"token": token, "audiences": [RECEIVER]},
    }
    file = provisioned.folder / "token.json"
    file.write_text(json.dumps(review), encoding="utf-8")
    known = json.loads(provisioned.kubectl("create", "-f", str(file), "-o", "json"))["status"]
    assert known["authenticated"]
    assert known["user"]["username"] == "system:serviceaccount:enclave-gateway:record-shipper"
    done = provisioned.run(
        "kubectl", "get", "pods", "-n", "enclave-gateway", "--token", token, "--kubeconfig", "/dev/null"
    )
    assert done.returncode != 0


def hold_moto_to_the_copies(provisioned: Place) -> None:
    """Read each copy's lock and trail."""
    s3, trails = client(provisioned, "s3"), client(provisioned, "cloudtrail")
    for site in ("dublin-1", "dublin-2"):
        bucket = f"europe-{site}-inspection-111122223333"
        lock = s3.get_object_lock_configuration(Bucket=bucket)["ObjectLockConfiguration"]
        kept = lock["Rule"]["DefaultRetention"]
        assert (kept["Mode"], kept["Days"]) == ("COMPLIANCE", 400)
        trail = trails.get_trail(Name=f"europe-{site}-inspection")["Trail"]
        assert (trail["S3BucketName"], trail["LogFileValidationEnabled"]) == (bucket, True)
        assert trails.get_trail_status(Name=trail["TrailARN"])["IsLogging"]


def try_to_touch(provisioned: Place) -> None:
    """Delete as the account's owner: the sandbox's moto judges by what a bucket's policy says without conditions."""
    s3 = client(provisioned, "s3")
    asked = {"Bucket": "europe-dublin-1-inspection-111122223333", "Key": "records/employees/test/x"}
    with pytest.raises(s3.exceptions.ClientError, match="403"):
        s3.delete_object(**asked)
