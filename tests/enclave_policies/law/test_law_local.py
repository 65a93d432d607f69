"""Anyone may add to the law in a file of their own; nobody can change what is there, and stale facts are told."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import date
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from enclave_policies.law.folder import SHIPPED, load_law

from tests.enclave_policies.law_editing import TODAY, change, copy_of_the_law, extend, law_of, refusal

if TYPE_CHECKING:
    from pathlib import Path

HEAD = {"source": "contract", "as_of": "2026-11-22"}
PUBLIC = "t69FBU/edb6VhY5qDusMNADrk4d4+kTVDuKNAxOfitw="
CLUSTER = {
    **HEAD,
    "server": "https://k8s.bergen.example:6443",
    "ca_sha256": "ab" * 32,
    "site": "Bergen",
    "country": "NO",
    "nodes": {"regions": ["bergen"], "zones": ["bergen-1"], "names": ["bergen-*"]},
}


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    return copy_of_the_law(tmp_path)


def add(pack: Path, **content: Any) -> None:
    extend(pack, "local/bergen.yaml", **HEAD, **content)


def test_a_local_file_adds_to_every_table(pack: Path) -> None:
    add(
        pack,
        names={"XK": "Kosovo"},
        sets={"NORDIC": ["DK", "FI", "IS", "NO", "SE"]},
        approved={
            "host": ["SE"],
            "accounts": ["444455556666"],
            "organizations": ["o-a1b2c3d4e5"],
            "issuers": ["id.bergen.example"],
            "networks": ["192.0.2.0/24", "2001:db8::/32"],
            "dns_zones": ["bergen.example"],
            "mail_domains": ["bergen.example"],
            "buckets": ["logs-of-bergen"],
            "registries": ["registry.bergen.example"],
            "mirrors": {"docker.io": "registry.bergen.example/docker"},
        },
        partitions={"aws": {"regions": {"eu-north-9": {"place": "Bergen", "country": "NO", "zone_ids": ["eun9-az1"]}}}},
        zones={"eu-north-9-osl-1": {"kind": "local", "place": "Oslo", "country": "NO"}},
        clusters={"bergen": CLUSTER},
        decisions=[
            {
                "id": "eu-xk",
                "regime": "eu",
                "countries": ["XK"],
                "scope": "whole",
                "status": "in-force",
                "adopted": "2026-01-01",
            }
        ],
        transfers=[
            {"id": "nordic", "basis": "pseudonymised", "measure": "m", "from": ["host"], "to": ["NORDIC"], "owner": "o"}
            | {"source": "s"}
        ],
    )
    law = law_of(pack)
    assert law.hosts == {"IE", "NO", "SE"}
    assert law.owns_account("444455556666")
    assert law.owns_address("192.0.2.7")
    assert law.owns_address("2001:db8::7")
    assert law.owns_host("x.bergen.example")
    assert law.owns_mail("a@bergen.example")
    assert law.buckets == {"logs-of-bergen"}
    assert law.mirrors == {"docker.io": "registry.bergen.example/docker"}
    assert law.organizations == {"o-a1b2c3d4e5"}
    assert law.issuers == {"id.bergen.example"}
    assert (law.regions["eu-north-9"].partition, law.regions["eu-north-9"].country) == ("aws", "NO")
    assert {law.zones[name].country for name in ("eu-north-9a", "eun9-az1", "eu-north-9-osl-1a")} == {"NO"}
    assert [cluster.name for cluster in law.clusters] == ["hamar", "bergen"]
    assert [rule.id for rule in law.transfers] == ["inside", "nordic"]
    assert law.transfers[0].targets == law.hosts
    assert len(law.regions) == 49
    assert law.digest != load_law(as_of=TODAY).digest


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"approved": {"accounts": ["111122223333"]}}, "account '111122223333' is given twice (first at "),
        ({"approved": {"host": ["NO"]}}, "host 'NO' is given twice (first at "),
        ({"names": {"NO": "Norge"}}, "country 'NO' is given twice (first at "),
        ({"sets": {"EEA": ["US"]}}, "set 'EEA' is given twice (first at "),
        ({"sets": {"host": ["US"]}}, "the set 'host' is what approved.yaml says"),
        ({"clusters": {"hamar": CLUSTER}}, "cluster 'hamar' is given twice (first at "),
        (
            {"partitions": {"aws": {"regions": {"us-east-1": {"place": "Cork", "country": "IE"}}}}},
            "region 'us-east-1' is given twice (first at ",
        ),
        (
            {"zones": {"eu-central-1-ist-1": {"kind": "local", "place": "Cork", "country": "IE"}}},
            "zone 'eu-central-1-ist-1' is given twice (first at ",
        ),
        ({"zones": {"us-east-1": {"kind": "wavelength", "place": "Cork", "country": "IE"}}}, "is no wavelength zone"),
        ({"zones": {"us-east-1": {"kind": "local", "place": "Cork", "country": "IE"}}}, "'us-east-1' is no local zone"),
        (
            {"zones": {"xx-east-1-cor-1": {"kind": "local", "place": "Cork", "country": "IE"}}},
            "'xx-east-1-cor-1' is no local zone of a known region",
        ),
        ({"partitions": {"azure": {"regions": {}}}}, "partition 'azure' has no dns_suffixes"),
        ({"strict_facts": False}, "'strict_facts' is not a key that the law knows"),
        ({"exception_days_at_most": 9999}, "'exception_days_at_most' is not a key that the law knows"),
        ({"approved": {"networks": ["0.0.0.0/0"]}}, "network '0.0.0.0/0' is wider than /8"),
        ({"approved": {"networks": ["::/0"]}}, "network '::/0' is wider than /16"),
        ({"approved": {"networks": ["192.0.2.1/24"]}}, "network '192.0.2.1/24' is no CIDR block"),
        ({"approved": {"networks": ["ten"]}}, "network 'ten' is no CIDR block"),
        ({"approved": {"dns_zones": ["example"]}}, "'example' is not a DNS name"),
        ({"approved": {"dns_zones": ["*.bergen.example"]}}, "'*.bergen.example' is not a DNS name"),
        ({"approved": {"dns_zones": ["amazonaws.com"]}}, "AWS hosts are judged by their region"),
        ({"approved": {"dns_zones": ["x.us-east-1.amazonaws.com"]}}, "AWS hosts are judged by their region"),
        ({"approved": {"accounts": ["12345"]}}, "'12345' is not an AWS account id"),
        ({"approved": {"organizations": ["444455556666"]}}, "'444455556666' is not an AWS organization id"),
        ({"approved": {"buckets": ["*"]}}, "'*' is not the name of an S3 bucket"),
        ({"approved": {"registries": ["https://ghcr.io"]}}, "'https://ghcr.io' is not a registry"),
        ({"approved": {"mirrors": {"docker.io": "ghcr.io/x"}}}, "mirror 'ghcr.io/x' of docker.io lies in no approved"),
        ({"clusters": {"b": {**CLUSTER, "nodes": {"names": ["*"]}}}}, "'*' is not a whole value, or a prefix"),
        ({"clusters": {"b": {**CLUSTER, "nodes": {"names": ["a*b"]}}}}, "'a*b' is not a whole value, or a prefix"),
        ({"clusters": {"b": {**CLUSTER, "nodes": {"racks": ["a"]}}}}, "'racks' is not a key that the law knows"),
        ({"clusters": {"b": {**CLUSTER, "country": "XX"}}}, "country 'XX' is not in countries.yaml"),
        ({"clusters": {"b": {**CLUSTER, "expires": "2026-11-29"}}}, "expired on 2026-11-29"),
        ({"clusters": {"b": {**CLUSTER, "server": "k8s.bergen.example"}}}, "is not https://HOST:PORT"),
    ],
)
def test_a_local_file_that_changes_or_breaks_the_law_is_refused_at_its_place(
    pack: Path, content: dict[str, Any], message: str
) -> None:
    add(pack, **content)
    lines = refusal(pack).splitlines()
    assert len(lines) == 1
    assert "local/bergen.yaml:" in lines[0]
    assert message in lines[0]


def test_two_local_files_cannot_say_the_same(pack: Path) -> None:
    add(pack, clusters={"bergen": CLUSTER})
    extend(pack, "local/oslo.yaml", **HEAD, clusters={"bergen": CLUSTER})
    text = refusal(pack)
    assert re.search(r"local/oslo\.yaml:\d+:\d+: cluster 'bergen' is given twice .*local/bergen\.yaml:\d+:\d+", text)


def test_the_example_of_the_readme_is_a_file_that_loads(pack: Path) -> None:
    text = (SHIPPED / "law" / "local" / "README.md").read_text(encoding="utf-8")
    example = re.search(r"```yaml\n(.*?)```", text, re.DOTALL)
    assert example
    (pack / "law" / "local" / "example.yaml").write_text(example[1], encoding="utf-8")
    assert [cluster.name for cluster in law_of(pack).clusters] == ["hamar", "bergen"]


def test_the_registered_nodes_are_those_that_the_sandbox_makes() -> None:
    nodes = pytest.importorskip("sandbox.services.nodes")
    registered = load_law(as_of=TODAY).clusters[0].nodes
    for building in nodes.BUILDINGS:
        metadata = nodes.manifest(building)["metadata"]
        assert registered.has_name(metadata["name"])
        assert registered.has_region(metadata["labels"]["topology.kubernetes.io/region"])
        assert registered.has_zone(metadata["labels"]["topology.kubernetes.io/zone"])
    assert not registered.has_region("us-east-1")
    assert not registered.has_zone("hamar-building-4")
    assert not registered.has_name("oslo-1")


def test_the_law_that_a_sandbox_writes_can_be_read(tmp_path: Path) -> None:
    overlay = pytest.importorskip("sandbox.services.law")
    register = SimpleNamespace(
        kubernetes={"hamar": SimpleNamespace(ca_sha256="ab" * 32, server="https://127.0.0.1:6443")},
        aws_endpoint="http://127.0.0.1:5000",
    )
    overlay.write(tmp_path / "law.yaml", register, PUBLIC)
    hamar, stand_in = load_law(overlay=tmp_path / "law.yaml").clusters
    assert stand_in.stand_in
    assert stand_in.nodes.regions == hamar.nodes.regions
    assert stand_in.nodes.zones == hamar.nodes.zones
    assert all(hamar.nodes.has_name(name) for name in stand_in.nodes.names)


@pytest.mark.parametrize(("day", "stale"), [(date(2027, 11, 22), False), (date(2027, 11, 23), True)])
def test_a_fact_is_stale_the_day_after_its_time(pack: Path, day: date, *, stale: bool) -> None:
    found = {fact.what: fact for fact in law_of(pack, day).stale}
    assert ("the content of aws-regions.yaml" in found) is stale
    assert ("hamar" in found) is stale
    assert "the content of countries.yaml" not in found
    if stale:
        fact = found["hamar"]
        assert str(fact).endswith(
            "clusters.yaml:18:5: hamar: checked 366 days ago, 365 are the limit (stale_after_days); "
            "check it against its source and renew as_of"
        )


def test_stale_facts_are_refused_where_the_law_is_strict(pack: Path) -> None:
    change("approved.yaml", "strict_facts: false", "strict_facts: true")(pack)
    assert not law_of(pack, date(2027, 5, 21)).stale
    text = refusal(pack, day=date(2027, 5, 22))
    assert len(text.splitlines()) == 1
    assert "adequacy.yaml:" in text
    assert "checked 181 days ago, 180 are the limit" in text


def test_an_entry_that_was_checked_by_itself_ages_by_itself(pack: Path) -> None:
    old = "eu-west-2: {place: London, country: GB}"
    change("aws-regions.yaml", old, old.replace("}", ", as_of: 2025-01-01}"))(pack)
    (fact,) = law_of(pack).stale
    assert (fact.what, fact.age, fact.limit) == ("eu-west-2", 698, 365)


def test_an_earlier_day_is_judged_by_what_is_known_now() -> None:
    assert load_law(as_of=date(2020, 1, 1)).day == date(2020, 1, 1)


def test_the_digest_is_the_same_on_every_day_and_in_every_folder(pack: Path) -> None:
    digest = load_law(as_of=TODAY).digest
    assert law_of(pack).digest == digest
    assert law_of(pack, date(2028, 1, 1)).digest == digest


def test_reading_the_law_needs_no_library_that_is_slow_to_import() -> None:
    slow = "{'pydantic', 'pulumi'}"
    code = f"import sys; from enclave_policies.law.folder import load_law; load_law(); print({slow} & set(sys.modules))"
    found = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert found.stdout == "set()\n"
