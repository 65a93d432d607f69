"""What a program decodes itself is read like any other text: the table encoded.yaml."""

from __future__ import annotations

import base64
import gzip
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
from enclave_policies.law.folder import load_law
from enclave_policies.texts import reader
from enclave_policies.texts.encoded import LONGEST, encoded_in, hosts_of_cloud_ids
from enclave_policies.texts.judge import _judged, refusals
from enclave_policies.texts.shapes import MOST_UNPACKED

import located_yaml

if TYPE_CHECKING:
    from collections.abc import Mapping

LAW: Final = load_law()
CASES: Final[Mapping[str, list[Any]]] = located_yaml.load(Path(__file__).with_name("encoded.yaml")).data
FEWEST_NOTICED: Final = 4


def packed(*members: bytes) -> str:
    return base64.b64encode(b"".join(gzip.compress(member, mtime=0) for member in members)).decode()


PACKED: Final = packed(b"collect.example.net")
TWO_MEMBERS: Final = packed(b"a\n", b"collect.example.net")
BOMB: Final = packed(b"a" * MOST_UNPACKED, b"collect.example.net")


def refused(case: Mapping[str, str]) -> bool:
    word = base64.b64encode(case["decoded"].encode()).decode()
    return bool(refusals(case["key"], case["text"].replace("{}", word), LAW))


@pytest.mark.parametrize("case", CASES["refused"], ids=lambda case: case["case"])
def test_what_leads_out_is_refused(case: Mapping[str, str]) -> None:
    assert refused(case)


@pytest.mark.parametrize("case", CASES["passes"], ids=lambda case: case["case"])
def test_what_stays_inside_passes(case: Mapping[str, str]) -> None:
    assert not refused(case)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("echo aHR0cHM6Ly9hLmI_Yz0x | base64 -d", ["https://a.b?c=1"]),
        ("echo aHR0cHM6Ly9hLmIvYw | base64 -d", ["https://a.b/c"]),
        ("aHR0cHM6Ly9hLmIvYw==", ["https://a.b/c"]),
        ("aGVsbG8gd29ybGQgaGVsbG8=", []),
        (PACKED, ["collect.example.net"]),
        (TWO_MEMBERS, ["a\ncollect.example.net"]),
        (f"echo {PACKED} | base64 -d | gunzip", ["collect.example.net"]),
        (BOMB, []),
        ("aG9zdDogY29sbGVjdApwb3J0OiA0NDMK", ["host: collect\nport: 443\n"]),
        ("base64: notbase64words!", []),
        ("base64 " + "A" * LONGEST, []),
    ],
)
def test_words_in_base64_are_found(text: str, found: list[str]) -> None:
    assert list(encoded_in(text)) == found


def test_an_id_without_hosts_is_none() -> None:
    assert hosts_of_cloud_ids("a:" + base64.b64encode(b"no host in here at all").decode()) == []
    assert hosts_of_cloud_ids("a:!") == []


def test_a_reader_that_decodes_nothing_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The seeded bug of this family."""
    monkeypatch.setattr(reader, "encoded_in", lambda _text: ())
    for one in (reader.claims_in, _judged):
        one.cache_clear()
    wrong = [case for case in CASES["refused"] if not refused(case)]
    for one in (reader.claims_in, _judged):
        one.cache_clear()
    assert len(wrong) >= FEWEST_NOTICED
