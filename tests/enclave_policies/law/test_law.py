"""The law's files: what the shipped ones say, and how bad ones are refused: all at once, with file and line."""

from __future__ import annotations

from datetime import date
from ipaddress import ip_network
from typing import TYPE_CHECKING

import pytest
from enclave_policies.law import Law
from enclave_policies.law.folder import SHIPPED, load_law

from located_yaml import ProblemsError
from tests.enclave_policies.law_editing import TODAY, change, copy_of_the_law, refusal

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FINGERPRINT = "ab" * 32
OVERLAY = f"""\
clusters:
  hamar: {{ca_sha256: {FINGERPRINT}, country: NO, site: hamar, server: "https://127.0.0.1:6443",
    stand_in: true, source: the local sandbox of this checkout, as_of: 2026-11-22}}
aws_endpoints: [{{url: "http://127.0.0.1:5000", stand_in: true, source: the sandbox, as_of: 2026-11-22}}]
"""


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    return copy_of_the_law(tmp_path)


def test_the_shipped_law_approves_ireland_and_norway_and_nothing_else() -> None:
    law = load_law(as_of=TODAY)
    assert law.hosts == {"IE", "NO"}
    assert [code for code, region in law.regions.items() if law.approves(region.country)] == ["eu-west-1"]
    assert [cluster.name for cluster in law.clusters] == ["hamar"]
    assert law.accounts == {"111122223333"}
    assert law.registries == {"registry.hamar.example"}
    assert law.networks == (ip_network("10.0.0.0/8"),)
    assert law.dns_zones == law.mail_domains == {"hamar.example"}
    assert not law.buckets | law.organizations | law.issuers
    assert not law.mirrors
    assert not law.exceptions
    assert not law.stale
    assert law.day == TODAY


def test_the_country_sets_are_the_legal_ones() -> None:
    sets = load_law(as_of=TODAY).country_sets
    assert (len(sets["EU"]), len(sets["EEA"])) == (27, 30)
    assert sets["EEA"] - sets["EU"] == {"IS", "LI", "NO"}
    assert not {"GB", "CH"} & sets["EEA"]


def test_the_catalog_holds_every_region_that_botocore_knows() -> None:
    boto3 = pytest.importorskip("boto3")
    session = boto3.session.Session()
    known = {
        (region, partition)
        for partition in session.get_available_partitions()
        for region in session.get_available_regions("ec2", partition)
    }
    law = load_law(as_of=TODAY)
    assert {(region.code, region.partition) for region in law.regions.values()} >= known
    assert (len(law.regions), len({region.partition for region in law.regions.values()})) == (48, 8)


def test_a_zone_lies_where_its_entry_says_and_not_where_its_name_begins() -> None:
    zones = load_law(as_of=TODAY).zones
    assert zones["eu-west-1a"].country == "IE"
    assert zones["eu-central-1-ist-1a"].country == "TR"
    assert "eu-central-1-ist-1" not in zones
    assert "eu-west-1-anything-1a" not in zones


def test_the_digest_changes_with_the_effective_law(tmp_path: Path) -> None:
    overlay = tmp_path / "law.yaml"
    overlay.write_text(OVERLAY)
    plain, again, with_overlay = load_law(as_of=TODAY), load_law(as_of=TODAY), load_law(overlay=overlay, as_of=TODAY)
    assert len(plain.digest) == 64
    assert plain.digest == again.digest != with_overlay.digest


@pytest.mark.parametrize(
    ("damage", "place", "message"),
    [
        (
            change("approved.yaml", "host:", "hosts:"),
            "approved.yaml:5:1",
            "'hosts' is not a key that the law knows; did you mean 'host'",
        ),
        (change("approved.yaml", "host:", "hosts:"), "approved.yaml:3:1", "'host' is missing; add it"),
        (
            change("approved.yaml", "[IE, NO]", "[IE, XX]"),
            "approved.yaml:5:12",
            "country 'XX' is not in countries.yaml",
        ),
        (change("approved.yaml", "[IE, NO]", "[]"), "approved.yaml:5", "has 0 items; give at least 1"),
        (change("approved.yaml", "[IE, NO]", "[ie, NO]"), "approved.yaml:5:8", "'ie'"),
        (
            change("approved.yaml", '"111122223333"', "111122223333"),
            "approved.yaml:6",
            "'111122223333' is not a text; put it in quotes",
        ),
        (change("approved.yaml", "as_of: 2026-11-22\n", ""), "approved.yaml:3:1", "'as_of' is missing"),
        (change("approved.yaml", "2026-11-22", "2026-13-22"), "approved.yaml:4:1", "2026-13-22"),
        (change("approved.yaml", "2026-11-22", "2999-01-01"), "approved.yaml:4:1", "lies in the future"),
        (
            change("approved.yaml", "as_of: 2026-11-22", "as_of: 2026-11-22\nexpires: 2026-11-29"),
            "approved.yaml:5:1",
            "expired on 2026-11-29",
        ),
        (
            change("aws-regions.yaml", "{place: London, country: GB}", "{place: London, country: UK}"),
            "aws-regions.yaml:",
            "country 'UK' is not in countries.yaml",
        ),
        (
            change("aws-regions.yaml", "{place: London, country: GB}", "{place: London}"),
            "aws-regions.yaml:",
            "'country' is missing",
        ),
        (
            change("aws-zones.yaml", "{kind: local, place: Lagos", "{kind: lokal, place: Lagos"),
            "aws-zones.yaml:8:",
            "'lokal'",
        ),
        (change("clusters.yaml", "https://k8s", "http://k8s"), "clusters.yaml:", "is not https://HOST:PORT"),
        (change("clusters.yaml", "ca_sha256: unpinned", "ca_sha256: abc"), "clusters.yaml:", "'abc'"),
        (
            change("clusters.yaml", "source:", "sauce:"),
            "clusters.yaml:",
            "'sauce' is not a key that the law knows; did you mean 'source'",
        ),
        (change("countries.yaml", "  IE: Ireland\n", "  IE: Ireland\n  IE: Eire\n"), "countries.yaml:", "given twice"),
        (change("countries.yaml", "  UK: [GB]", "  UK: [UK]"), "countries.yaml:", "country 'UK'"),
        (change("catalog/kinds/aws.yaml", "kind: global\n", "kind: globle\n"), "kinds/aws.yaml:7", "'globle'"),
    ],
)
def test_a_bad_law_is_refused_at_its_line(pack: Path, damage: Callable[[Path], None], place: str, message: str) -> None:
    damage(pack)
    lines = [line for line in refusal(pack).splitlines() if message in line]
    assert len(lines) == 1
    assert place in lines[0]


def test_all_problems_of_all_files_arrive_at_once(pack: Path) -> None:
    change("approved.yaml", "host:", "hosts:")(pack)
    change("clusters.yaml", "source:", "sauce:")(pack)
    (pack / "law" / "aws-zones.yaml").unlink()
    text = refusal(pack)
    assert all(part in text for part in ("'hosts'", "'sauce'", "aws-zones.yaml:1:1: cannot be read"))


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("approved.yaml", "host: [IE, NO]", "host: [ie, NO]"),
        ("approved.yaml", "issuers: []", "issuers: ['https://idp.example']"),
        ("aws-regions.yaml", "place: Dublin, country: IE", "place: Dublin, country: ie"),
        ("countries.yaml", "IE: ", "ie: "),
    ],
)
def test_what_another_file_does_not_say_because_it_could_not_be_read_is_not_told(
    pack: Path, file: str, old: str, new: str
) -> None:
    change(file, old, new)(pack)
    with pytest.raises(ProblemsError) as refused:
        load_law(pack, as_of=TODAY)
    assert {problem.position.file.rpartition("/")[2] for problem in refused.value.problems} == {file}


def test_tomorrow_a_fact_that_expires_today_is_refused(pack: Path) -> None:
    change("approved.yaml", "as_of: 2026-11-22", "as_of: 2026-11-22\nexpires: 2026-11-30")(pack)
    assert isinstance(load_law(pack, as_of=TODAY), Law)
    with pytest.raises(ProblemsError, match="expired"):
        load_law(pack, as_of=date(2026, 12, 1))


def test_an_overlay_registers_stand_ins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "law.yaml").write_text(OVERLAY)
    monkeypatch.setenv("ENCLAVE_SANDBOX", str(tmp_path))
    law = load_law(as_of=TODAY)
    assert [(cluster.name, cluster.stand_in) for cluster in law.clusters] == [("hamar", False), ("hamar", True)]
    assert law.stand_in_endpoints == {"http://127.0.0.1:5000"}
    assert "cluster hamar (hamar, Norway, NO, stand-in)" in law.approved


def test_an_overlay_that_changes_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENCLAVE_SANDBOX", str(tmp_path))
    assert len(load_law(as_of=TODAY).clusters) == 1
    (tmp_path / "law.yaml").write_text(OVERLAY)
    assert len(load_law(as_of=TODAY).clusters) == 2


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("https://127.0.0.1:6443", "https://k8s.example.net:6443", "loopback addresses only"),
        ("http://127.0.0.1:5000", "http://10.0.0.1:5000", "loopback addresses only"),
        ("http://127.0.0.1:5000", "http://127.0.0.1.example.net", "loopback addresses only"),
        ("http://127.0.0.1:5000", "http://127.0.0.1@example.net", "loopback addresses only"),
        ("http://127.0.0.1:5000", "http://localhost.example.net", "loopback addresses only"),
        (FINGERPRINT, "unpinned", "'unpinned'"),
        ("stand_in: true, source: the local", "stand_in: false, source: the local", "stand_in"),
        ("aws_endpoints:", "host: [US]\naws_endpoints:", "'host' is not a key that the law knows"),
        ("country: NO", "country: XX", "country 'XX'"),
    ],
)
def test_an_overlay_can_approve_nothing_but_loopback(tmp_path: Path, old: str, new: str, message: str) -> None:
    overlay = tmp_path / "law.yaml"
    assert old in OVERLAY
    overlay.write_text(OVERLAY.replace(old, new))
    assert message in refusal(SHIPPED, overlay)


def test_an_overlay_that_was_named_and_is_not_there_is_refused(tmp_path: Path) -> None:
    assert "cannot be read" in refusal(SHIPPED, tmp_path / "law.yaml")
