"""A record goes to the inspector's receiver by a token of the pod's own, and nothing that was taken is changed again.

The receiver is the sandbox's stand-in, before moto; tokens are signed as a cluster signs them.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from joserfc import jwt
from joserfc.jwk import ECKey

from hosts.gateway.errors import GatewayError
from hosts.gateway.receiver import REGION, ROLE, Receiver, place_of
from hosts.watch.scheduled import ROLE as WATCHES
from sandbox.certificates import authority, issue, write_certificate
from sandbox.gateways.receiver import server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.sandbox.aws_plugin.local_aws import LocalAws

AUDIENCE = "https://alerts.norsk-tilsyn.example"
BUCKET = "enclave-europe-hamar"
SHIPPER = "system:serviceaccount:enclave-gateway:record-shipper"
WATCHER = "system:serviceaccount:enclave-monitoring:scheduled-watch"
KEY = "records/employees/employees-0/lines/1.jsonl"


@dataclass(frozen=True)
class Door:
    """The receiver's address, the cluster's key, and a folder for tokens."""

    url: str
    key: ECKey
    folder: Path

    def token(self, **claims: Any) -> Path:
        """Return the file of a token: of a shipper of employees-0, unless ``claims`` say otherwise."""
        now = int(time.time())
        pod = {"pod": {"name": "employees-0", "uid": "1"}, "namespace": "enclave-gateway"}
        usual = {"aud": [AUDIENCE], "sub": SHIPPER, "nbf": now, "exp": now + 600, "kubernetes.io": pod}
        file = self.folder / "token"
        file.write_text(jwt.encode({"alg": "ES256"}, {**usual, **claims}, self.key), encoding="ascii")
        return file


@pytest.fixture
def door(aws: LocalAws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Door]:
    aws.forget()
    own, key = authority("receivers"), ECKey.generate_key("P-256", private=True)
    write_certificate(tmp_path / "authority.pem", own.certificate)
    issue(tmp_path, "receiver", own, hosts=["localhost"])
    (tmp_path / "cluster.pub").write_bytes(key.as_pem(private=False))
    monkeypatch.setenv("AWS_CA_BUNDLE", str(tmp_path / "authority.pem"))
    options = {"port": "0", "tls": str(tmp_path / "receiver"), "cluster_key": str(tmp_path / "cluster.pub")}
    made = server(
        {**options, "audience": AUDIENCE, "store": aws.url, "bucket": BUCKET, "alerts": str(tmp_path / "alerts")}
    )
    thread = threading.Thread(target=made.serve_forever, daemon=True)
    thread.start()
    yield Door(f"https://localhost:{made.server_port}", key, tmp_path)
    made.shutdown()
    made.server_close()
    thread.join()


def test_a_pod_adds_to_its_own_folder_and_what_it_wrote_over_is_still_there(door: Door, aws: LocalAws) -> None:
    receiver = Receiver(f"{door.url}/{BUCKET}", door.token(), "employees-0")
    for content in (b"first\n", b"second\n"):
        receiver.put(KEY, content)
    versions = aws.s3.list_object_versions(Bucket=BUCKET)["Versions"]
    read = [aws.s3.get_object(Bucket=BUCKET, Key=KEY, VersionId=each["VersionId"])["Body"].read() for each in versions]
    assert sorted(read) == [b"first\n", b"second\n"]
    for each in versions:
        with pytest.raises(ClientError, match="AccessDenied"):
            aws.s3.delete_object(Bucket=BUCKET, Key=KEY, VersionId=each["VersionId"])


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": ["https://kubernetes.default.svc"]},
        {"sub": "system:serviceaccount:enclave-gateway:employees"},
        {"exp": 1},
        {"nbf": 1 << 40},
        {"kubernetes.io": {}},
    ],
    ids=str,
)
def test_a_token_that_is_no_shipper_s_opens_nothing(door: Door, claims: dict[str, Any]) -> None:
    with pytest.raises(OSError, match="lets nobody in by this token"):
        Receiver(f"{door.url}/{BUCKET}", door.token(**claims), "employees-0").put(KEY, b"")


def test_a_token_that_another_key_signed_opens_nothing(door: Door) -> None:
    forged = Door(door.url, ECKey.generate_key("P-256", private=True), door.folder)
    with pytest.raises(OSError, match="lets nobody in by this token"):
        Receiver(f"{door.url}/{BUCKET}", forged.token(), "employees-0").put(KEY, b"")


@pytest.mark.parametrize("key", ["records/employees/employees-1/lines/1.jsonl", "AWSLogs/x", "records/x"])
def test_a_pod_adds_to_no_other_folder(door: Door, key: str) -> None:
    with pytest.raises(OSError, match="AccessDenied"):
        Receiver(f"{door.url}/{BUCKET}", door.token(), "employees-0").put(key, b"x")


def test_who_ships_reads_nothing_and_deletes_nothing(door: Door) -> None:
    """The seeded bug: a receiver whose credentials are good for more than adding."""
    receiver = Receiver(f"{door.url}/{BUCKET}", door.token(), "employees-0")
    receiver.put(KEY, b"first\n")
    make: Any = boto3.Session("test", "test", region_name=REGION).client
    sts = make("sts", endpoint_url=door.url)
    given = sts.assume_role_with_web_identity(
        RoleArn=ROLE, RoleSessionName="employees-0", WebIdentityToken=door.token().read_text(encoding="ascii")
    )["Credentials"]
    own: Any = boto3.Session(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"]).client
    s3 = own("s3", region_name=REGION, endpoint_url=door.url, config=Config(s3={"addressing_style": "path"}))
    s3.put_object(Bucket=BUCKET, Key=KEY, Body=b"again\n")  # that much it may
    asked: dict[str, dict[str, Any]] = {
        "get_object": {},
        "delete_object": {},
        "put_object_tagging": {"Tagging": {"TagSet": []}},
    }
    for action, more in asked.items():
        with pytest.raises(ClientError, match="AccessDenied"):
            getattr(s3, action)(Bucket=BUCKET, Key=KEY, **more)


def test_a_watch_reads_what_was_approved_and_leaves_its_own_run_and_nothing_else(door: Door, aws: LocalAws) -> None:
    aws.s3.put_object(Bucket=BUCKET, Key="approved/hamar.json", Body=b"{}")
    pod = {"pod": {"name": "watch-1-a", "uid": "1"}, "namespace": "enclave-monitoring"}
    token = door.token(sub=WATCHER, **{"kubernetes.io": pod})
    receiver = Receiver(f"{door.url}/{BUCKET}", token, "watch-1-a", WATCHES)
    assert receiver.get("approved/hamar.json", 9) == b"{}"
    receiver.put("watch/2026-11-30/watch-1-a.json", b"run")
    for key in ("watch/2026-11-30/watch-2-b.json", "approved/hamar.json", KEY):
        with pytest.raises(OSError, match="AccessDenied"):
            receiver.put(key, b"x")
    with pytest.raises(OSError, match="AccessDenied"):
        receiver.get("watch/2026-11-30/watch-1-a.json", 9)


@pytest.mark.parametrize(("account", "role"), [("watch", "ship"), ("ship", "watch")])
def test_neither_account_gets_the_other_s_role(door: Door, account: str, role: str) -> None:
    """The seeded bug: a receiver that looks at the account and not at the role that it asks for."""
    token = door.token(sub={"watch": WATCHER, "ship": SHIPPER}[account])
    with pytest.raises(OSError, match="lets nobody in by this token"):
        Receiver(f"{door.url}/{BUCKET}", token, "employees-0", {"watch": WATCHES, "ship": ROLE}[role]).put(KEY, b"")


@pytest.mark.parametrize(
    "url",
    [
        "http://host/bucket",
        "https://host",
        "https://host/a/b",
        "https://host/a?b",
        "https://u@host/a",
        "x",
        "https://host:x/a",
    ],
)
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(GatewayError, match="is no address of a receiver"):
        place_of(url)
