"""The record in the inspector's bucket: whole as the shipper wrote it, and any harm to it is found with its place."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hosts.gateway import shipping
from hosts.gateway.bucket import Bucket
from hosts.gateway.errors import GatewayError
from hosts.gateway.note import checkpoint_text, signed
from hosts.gateway.record import Record
from hosts.gateway.shipping import Shipper
from hosts.watch.approved import KUBERNETES, Site
from hosts.watch.emergencies import NEVER_OVER
from hosts.watch.log_copy import delivered

if TYPE_CHECKING:
    from pathlib import Path

    from hosts.gateway.chain import Head
    from hosts.watch.delivered import Known
    from hosts.watch.seen import Delivered
    from tests.sandbox.aws_plugin.local_aws import LocalAws

ORIGIN = "employees.hamar.gateway"
PREFIX = "record/employees/pod-1"
FIRST = f"{PREFIX}/lines/{0:020}-{4:020}.jsonl"


@dataclass
class Gateway:
    """A record that grows, its shipper, and the bucket that it ships to."""

    folder: Path
    aws: LocalAws
    bucket: str
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)

    def __post_init__(self) -> None:
        self.aws.s3.create_bucket(
            Bucket=self.bucket,
            ObjectLockEnabledForBucket=True,
            CreateBucketConfiguration={"LocationConstraint": "eu-west-1"},
        )
        self.record = Record(self.folder / "record.jsonl")
        self.known: dict[tuple[str, str, str], Known] = {}

    def grow(self, lines: int) -> Head:
        """Write lines, and sign how many there are."""
        for _ in range(lines):
            self.record.add({"person": "kari", "result": "allow"})
        self.sign(self.record.head)
        return self.record.head

    def sign(self, head: Head) -> None:
        """Sign a head, whatever the record is."""
        note = signed(checkpoint_text(ORIGIN, head), ORIGIN, self.key)
        (self.folder / "checkpoint").write_text(note, encoding="utf-8")

    def shipper(self) -> Shipper:
        """Return a shipper that begins."""
        store = Bucket(self.bucket, "eu-west-1", self.aws.url)
        return Shipper(self.folder / "record.jsonl", self.folder / "checkpoint", ORIGIN, store, PREFIX)

    def put(self, key: str, data: bytes) -> None:
        """Put something over an object, as somebody with the shipper's credential could."""
        self.aws.s3.put_object(Bucket=self.bucket, Key=key, Body=data)

    def read(self, key: str) -> bytes:
        """Return the latest version of an object."""
        data: bytes = self.aws.s3.get_object(Bucket=self.bucket, Key=key)["Body"].read()
        return data

    def look(self) -> Delivered:
        """Return how the watch finds it."""
        site = Site("hamar", KUBERNETES, record_bucket=self.bucket, record_prefix="record", record_region="eu-west-1")
        (found,) = delivered(site, {"employees": self.key.public_key()}, self.known)
        return found


@pytest.fixture
def gateway(tmp_path: Path, aws: LocalAws, request: pytest.FixtureRequest) -> Gateway:
    return Gateway(tmp_path, aws, f"logs-{abs(hash(request.node.name)) % 10**9}")


def test_what_a_checkpoint_covers_is_shipped_once_and_verified(gateway: Gateway) -> None:
    gateway.grow(5)
    shipper = gateway.shipper()
    assert shipper.ship() == 5
    assert (gateway.look().lines, gateway.look().wrong) == (5, "")
    gateway.grow(3)
    gateway.record.add({"person": "unsigned"})
    assert (shipper.ship(), shipper.ship()) == (3, 0)
    found = gateway.look()
    assert (found.lines, found.wrong, found.host) == (8, "", "pod-1")
    assert found.newest is not None


def test_long_records_are_cut_into_pieces(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shipping, "MOST", 4)
    gateway.grow(10)
    assert gateway.shipper().ship() == 10
    names = [each["Key"] for each in gateway.aws.s3.list_objects_v2(Bucket=gateway.bucket)["Contents"]]
    assert [name.rpartition("/")[2][:41] for name in names if "lines" in name] == [
        f"{first:020}-{last:020}" for first, last in ((0, 3), (4, 7), (8, 9))
    ]
    assert (gateway.look().lines, gateway.look().wrong) == (10, "")


def test_a_shipper_that_lost_its_notes_ships_the_same_again(gateway: Gateway) -> None:
    gateway.grow(5)
    gateway.shipper().ship()
    (gateway.folder / "record.jsonl.shipped").write_text("torn", encoding="ascii")
    assert gateway.shipper().ship() == 5
    assert (gateway.look().lines, gateway.look().wrong) == (5, "")


def test_the_checkpoint_is_written_again_while_nothing_happens(gateway: Gateway) -> None:
    gateway.grow(1)
    shipper = gateway.shipper()
    for _ in range(1 + shipping.STILL):
        shipper.ship()
    versions = gateway.aws.s3.list_object_versions(Bucket=gateway.bucket, Prefix=f"{PREFIX}/checkpoint")["Versions"]
    assert len(versions) == 2


def changed(gateway: Gateway) -> None:
    gateway.put(FIRST, gateway.read(FIRST).replace(b'"allow"', b'"deny"'))


def dropped(gateway: Gateway) -> None:
    gateway.aws.s3.delete_object(
        Bucket=gateway.bucket,
        Key=FIRST,
        VersionId=gateway.aws.s3.list_object_versions(Bucket=gateway.bucket, Prefix=FIRST)["Versions"][0]["VersionId"],
    )


def added(gateway: Gateway) -> None:
    gateway.put(f"{PREFIX}/lines/{0:020}-{1:020}.jsonl", b"".join(gateway.read(FIRST).splitlines(keepends=True)[:2]))


def skipped(gateway: Gateway) -> None:
    lines = gateway.read(f"{PREFIX}/lines/{5:020}-{7:020}.jsonl")
    gateway.put(f"{PREFIX}/lines/{8:020}-{10:020}.jsonl", lines)


def forged(gateway: Gateway) -> None:
    note = signed(checkpoint_text(ORIGIN, gateway.record.head), ORIGIN, Ed25519PrivateKey.generate())
    gateway.put(f"{PREFIX}/checkpoint", note.encode())


def ahead(gateway: Gateway) -> None:
    gateway.grow(2)
    gateway.put(f"{PREFIX}/checkpoint", (gateway.folder / "checkpoint").read_bytes())


@pytest.mark.parametrize(
    ("harm", "told"),
    [
        (changed, "was written again with other content"),
        (dropped, "a piece is missing"),
        (added, "one too many"),
        (skipped, "its number is 5, and 8 comes next"),
        (forged, "no known key has signed it"),
        (ahead, "signs 10 lines, and 8 were delivered"),
    ],
)
@pytest.mark.parametrize("read_before", [True, False])
def test_harm_is_found(gateway: Gateway, harm: object, told: str, *, read_before: bool) -> None:
    gateway.grow(5)
    shipper = gateway.shipper()
    shipper.ship()
    gateway.grow(3)
    shipper.ship()
    if read_before:
        assert gateway.look().wrong == ""
        if harm is dropped:
            told = "which was read before, is gone"
        if harm is added:
            told = "does not follow line 8"
    assert callable(harm)
    harm(gateway)
    assert told in gateway.look().wrong


def test_a_deletion_without_a_version_hides_nothing(gateway: Gateway) -> None:
    gateway.grow(5)
    gateway.shipper().ship()
    gateway.aws.s3.delete_object(Bucket=gateway.bucket, Key=FIRST)
    assert (gateway.look().lines, gateway.look().wrong) == (5, "")


def test_a_record_that_was_cut_on_the_host_is_not_shipped_over(gateway: Gateway) -> None:
    early = gateway.grow(3)
    gateway.grow(3)
    shipper = gateway.shipper()
    shipper.ship()
    gateway.sign(early)
    with pytest.raises(GatewayError, match="covers 3 lines, and 6 were shipped"):
        shipper.ship()


def test_a_bucket_that_takes_nothing_is_told_and_tried_again(gateway: Gateway) -> None:
    gateway.grow(2)
    closed = Bucket("nobody-has-this-one", "eu-west-1", gateway.aws.url)
    shipper = Shipper(gateway.folder / "record.jsonl", gateway.folder / "checkpoint", ORIGIN, closed, PREFIX)
    with pytest.raises(OSError, match="nobody-has-this-one does not take"):
        shipper.ship()
    assert gateway.shipper().ship() == 2


def test_accesses_by_break_glass_are_found_in_the_record_and_those_that_failed_are_not(gateway: Gateway) -> None:
    """The seeded bug: each look that reads more of the record forgets what it had found."""
    shipper = gateway.shipper()
    grant = {"id": "g-1", "wrong": "", "break_glass": True}
    entry = {"at": "2026-11-29T10:00:00.000+00:00", "kind": "decision", "person": "kari", "result": "allow"}
    usual = {**entry, "grant": {**grant, "break_glass": False}}
    denied = {**entry, "result": "deny", "grant": grant}
    odd = {**entry, "grant": ["break_glass", {"break_glass": True}]}
    for one in ({**entry, "grant": grant}, denied, usual, odd, {**entry, "grant": None}):
        gateway.record.add(one)
    gateway.grow(1)
    shipper.ship()
    (first,) = gateway.look().emergencies
    assert (first.grant, first.person, first.times) == ("g-1", "kari", 1)
    gateway.record.add({**entry, "at": "2026-11-29T10:05:00.000+00:00", "grant": grant})
    gateway.grow(1)
    shipper.ship()
    (second,) = gateway.look().emergencies
    assert (second.times, second.last > first.last) == (2, True)


def test_an_access_without_a_time_does_not_end_the_watch(gateway: Gateway) -> None:
    gateway.record.add({"kind": "decision", "result": "allow", "grant": {"id": "g-2", "break_glass": True}})
    gateway.grow(1)
    gateway.shipper().ship()
    (found,) = gateway.look().emergencies
    assert found.last == NEVER_OVER
