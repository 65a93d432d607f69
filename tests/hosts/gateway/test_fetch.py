"""A host fetches the bundle that it pins, and keeps that one or none."""

from __future__ import annotations

import logging
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from components.access.bundle import bundle_of
from hosts.gateway.bundle import POLICIES, digest_of, read_bundle
from hosts.gateway.errors import BundleError, FetchError
from hosts.gateway.fetch import fetch
from hosts.gateway.main import main
from hosts.gateway.packed import LARGEST, packed
from tests.hosts.gateway.dublin import GATEWAY, declared

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

REGION = "eu-west-1"
KEY = "/bucket/gateways/employees/bundle.json"


def bundle() -> dict[str, str]:
    return bundle_of(declared(), "dublin", GATEWAY, None)


@contextmanager
def lying_at(objects: dict[str, bytes]) -> Iterator[str]:
    """Serve objects as a bucket does that asks for a signature; yield the address before their paths."""

    class Bucket(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = objects.get(self.path) if "AWS4-HMAC-SHA256" in self.headers.get("authorization", "") else None
            self.send_response(404 if found is None else 200)
            self.end_headers()
            self.wfile.write(found or b"")

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Bucket)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "sandbox")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "sandbox")
    logging.getLogger("hosts.gateway.main").setLevel(logging.WARNING)


def test_the_pinned_bundle_comes_to_the_disk_and_stays_when_the_bucket_is_gone(tmp_path: Path) -> None:
    files, folder = bundle(), tmp_path / "bundles" / "current"
    with lying_at({KEY: packed(files).encode()}) as here:
        assert fetch(f"{here}{KEY}", REGION, digest_of(files), folder)
    assert read_bundle(folder, digest_of(files)) == files
    assert not fetch(f"{here}{KEY}", REGION, digest_of(files), folder), "it is there already, so nobody is asked"


def test_a_bundle_of_another_digest_is_refused_and_the_one_before_stays(tmp_path: Path) -> None:
    files, folder = bundle(), tmp_path / "current"
    other = {**files, POLICIES: f"{files[POLICIES]}\npermit (principal, action, resource);"}
    with lying_at({KEY: packed(files).encode(), "/bucket/other": packed(other).encode()}) as here:
        fetch(f"{here}{KEY}", REGION, digest_of(files), folder)
        with pytest.raises(BundleError, match=f"has the digest {digest_of(other)}, and {'1' * 64} is approved"):
            fetch(f"{here}/bucket/other", REGION, "1" * 64, folder)
    assert read_bundle(folder, digest_of(files)) == files


def test_a_changed_digest_takes_the_place_of_the_bundle_before(tmp_path: Path) -> None:
    files, folder = bundle(), tmp_path / "current"
    other = {**files, POLICIES: f"{files[POLICIES]}\n// another\n"}
    with lying_at({KEY: packed(files).encode(), "/bucket/other": packed(other).encode()}) as here:
        fetch(f"{here}{KEY}", REGION, digest_of(files), folder)
        assert fetch(f"{here}/bucket/other", REGION, digest_of(other), folder)
    assert read_bundle(folder, digest_of(other)) == other
    assert [each.name for each in tmp_path.iterdir()] == ["current"]


@pytest.mark.parametrize(
    ("document", "words"),
    [
        (b"", "no bundle"),
        (b"\xff\xfe", "no bundle"),
        (b"[1]", "no bundle"),
        (b'{"policies.cedar": "x"}', "no bundle"),
        (b"[" * 200_000, "no bundle"),
        (packed({**bundle(), "extra": "x"}).encode(), "no bundle"),
        (b" " * (LARGEST + 1), "larger than"),
    ],
    ids=["empty", "no text", "a list", "a part", "deep", "more than a bundle", "large"],
)
def test_what_is_no_bundle_is_refused(document: bytes, words: str, tmp_path: Path) -> None:
    with lying_at({KEY: document}) as here, pytest.raises((BundleError, FetchError), match=words):
        fetch(f"{here}{KEY}", REGION, "0" * 64, tmp_path / "current")
    assert not (tmp_path / "current").exists()


def test_a_bucket_that_says_no_is_told(tmp_path: Path) -> None:
    with lying_at({}) as here, pytest.raises(FetchError, match=r"does not give gateways/employees/bundle\.json"):
        fetch(f"{here}{KEY}", REGION, "0" * 64, tmp_path / "current")


@pytest.mark.parametrize("url", ["file:///etc/passwd", "gateways/x.json", "https:///x", "https://h/x?versionId=1"])
def test_what_is_no_address_of_a_bundle_is_refused(url: str, tmp_path: Path) -> None:
    with pytest.raises(FetchError, match="is no address of a bundle"):
        fetch(url, REGION, "0" * 64, tmp_path / "current")


def test_the_command_fetches_and_ends_with_2_where_it_cannot(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = bundle()
    with lying_at({KEY: packed(files).encode()}) as here:
        words = ["fetch", "--from", f"{here}{KEY}", "--region", REGION, "--bundle", str(tmp_path / "current")]
        assert main([*words, "--digest", digest_of(files)]) == 0
        assert main([*words, "--digest", "2" * 64]) == 2
    said = capsys.readouterr().err
    assert f"and {'2' * 64} is approved; deploy that one" in said
    assert "Traceback" not in said
