"""The record of Hamar as the stand-in receiver took it, and what the watch says of copies that somebody harmed."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sandbox.certificates import write_certificate
from sandbox.gateways.client import Client, Person, device_of
from sandbox.gateways.station import Surroundings
from sandbox.layout import Layout
from sandbox.services.gateways import started
from sandbox.services.identity_provider import IdentityProvider
from tests.engine.inventory import RECEIVED, client

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.engine.place import Place

    Objects = dict[str, bytes]
    Harm = Callable[[Objects], None]

HOST: Final = "employees-0"
AT: Final = f"records/employees/{HOST}"
OFFICE: Final = "10.200.1.17"
REQUESTS: Final = 3


def ask_at_hamar(place: Place, folder: Path) -> int:
    """Ask for restricted data without a grant a few times; return how many lines the record has then."""
    layout = Layout.of(place.folder)
    shared = Surroundings.kept(layout.gateways / "authorities")
    write_certificate(folder / "server-ca.pem", shared.servers.certificate)
    identity = IdentityProvider(layout.gateways / "identity.json")
    device = device_of(folder, shared.devices, "europe", "NO")
    asks = Client(started(layout)["hamar-employees"].port, folder / "server-ca.pem", device, OFFICE)
    headers = Person(employer="enclave-norway").headers(identity)
    for _ in range(REQUESTS):
        assert asks.get("/records/1", headers).status == 403
    record = layout.gateways / "hamar-employees" / "record" / "record.jsonl"
    return len(record.read_bytes().splitlines())


def lines_there(place: Place) -> int:
    """Return how many lines of the host's record the receiver has taken."""
    return sum(data.count(b"\n") for name, data in _objects(place).items() if "/lines/" in name)


def _objects(place: Place) -> Objects:
    s3 = client(place, "s3", "us-east-1")
    listed = s3.list_objects_v2(Bucket=RECEIVED, Prefix=f"{AT}/").get("Contents", ())
    return {each["Key"]: s3.get_object(Bucket=RECEIVED, Key=each["Key"])["Body"].read() for each in listed}


def whole(_: Objects) -> None:
    """Leave it as it is."""


def dropped(copy: Objects) -> None:
    """Take the first piece away."""
    del copy[_pieces(copy)[0]]


def changed(copy: Objects) -> None:
    """Let the record say that somebody was let in."""
    name = _pieces(copy)[0]
    copy[name] = copy[name].replace(b'"deny"', b'"allow"', 1)


def cut(copy: Objects) -> None:
    """Take the last line away, and what its piece is called."""
    name = _pieces(copy)[-1]
    lines = copy.pop(name).splitlines(keepends=True)[:-1]
    first = int(Path(name).stem.partition("-")[0])
    if lines:
        copy[f"{AT}/lines/{first:020}-{first + len(lines) - 1:020}.jsonl"] = b"".join(lines)


HARMS: Final[Mapping[Harm, str]] = {
    dropped: "lines are missing",
    changed: "was changed",
    cut: "lines are missing",
}
"""What somebody does to a copy, and what the watch says of it."""


def _pieces(copy: Objects) -> list[str]:
    return sorted(name for name in copy if "/lines/" in name)


def watched_copy(place: Place, folder: Path, harm: Harm) -> str:
    """Return what the watch on a host says of a copy that was harmed, in a bucket of its own."""
    s3, bucket = client(place, "s3", "us-east-1"), f"copy-{harm.__name__}"
    s3.create_bucket(Bucket=bucket)
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    copy = _objects(place)
    harm(copy)
    assert copy != _objects(place) or harm is whole
    for name, data in copy.items():
        s3.put_object(Bucket=bucket, Key=name, Body=data)
    written = place.enclave("watch", "local", "--site", "hamar", "--document").stdout
    document: dict[str, Any] = json.loads(written)
    document["sites"][0]["record_bucket"] = bucket
    document["alerts"] = []
    approved, key = folder / f"{harm.__name__}.json", folder / "watch.pem"
    approved.write_text(json.dumps(document), encoding="utf-8")
    if not key.exists():
        place.run("openssl", "genpkey", "-algorithm", "ed25519", "-out", str(key))
    words = ("-m", "hosts.watch", "--approved", str(approved), "--site", "hamar", "--once", "--key", str(key))
    said = place.run(sys.executable, *words).stdout
    for each in s3.list_object_versions(Bucket=bucket).get("Versions", ()):
        s3.delete_object(Bucket=bucket, Key=each["Key"], VersionId=each["VersionId"])
    s3.delete_bucket(Bucket=bucket)
    return said
