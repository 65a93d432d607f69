"""A volume is taken for the site's only where something about it tells so."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from enclave_policies.identifiers.addresses import network_of
from enclave_policies.kubernetes.own import names_own_place
from enclave_policies.kubernetes.storage import troubles_of_driver, troubles_of_parameters, troubles_of_volume
from enclave_policies.law.folder import load_law
from enclave_policies.resources.resource import UNKNOWN

LAW = load_law()
NOBODY_KNOWS = ("v", None)


def said(source: Any, *, name: str = "csi", aws: bool = False, placed: bool = False) -> list[tuple[str, str | None]]:
    found = troubles_of_volume("v", name, source, LAW, aws=aws, placed=placed)
    return [(path, refusal.where if refusal else None) for path, refusal in found]


@pytest.mark.parametrize(
    "source",
    [
        {"driver": "driver.longhorn.io", "volumeHandle": "pvc-1"},
        {"driver": "rook-ceph.rbd.csi.ceph.com", "volumeHandle": "0001-0009-rook"},
        {"driver": "nfs.csi.k8s.io", "volumeHandle": "nas.hamar.example#export#pv1"},
        {"driver": "nfs.csi.k8s.io", "volumeHandle": "nas.hamar.example:/export"},
        {"driver": "csi.acme.io", "volumeHandle": "hamar-building-2/pv1".replace("/", "#")},
        {"driver": "csi.acme.io", "volumeHandle": "pv1", "volumeAttributes": {"share": "x", "server": "10.1.2.3"}},
        {"driver": "csi.acme.io"},
    ],
)
def test_a_volume_that_tells_its_place_at_the_site_passes(source: dict[str, Any]) -> None:
    assert said(source) == []


@pytest.mark.parametrize(
    "source",
    [
        {"driver": "csi.acme.io", "volumeHandle": "1b2c"},
        {"driver": "csi.acme.io", "volumeHandle": "localhost"},
        {"driver": "csi.acme.io", "volumeHandle": "1b2c", "volumeAttributes": {"replicas": 3}},
        {"driver": "not-rook.example", "volumeHandle": "1b2c"},
        {"volumeHandle": "1b2c"},
    ],
)
def test_a_volume_whose_handle_tells_nothing_passes_only_where_its_node_tells_it(source: dict[str, Any]) -> None:
    assert said(source) == [NOBODY_KNOWS]
    assert said(source, placed=True) == []


def test_a_volume_of_which_nothing_is_said_counts_as_placed_by_nothing() -> None:
    assert [*troubles_of_volume("v", "csi", {"volumeHandle": "1b2c"}, LAW, aws=False)] == [NOBODY_KNOWS]


def test_amazons_disks_are_at_home_on_amazons_own_cluster_and_other_drivers_are_not() -> None:
    disk = {"driver": "ebs.csi.aws.com", "volumeHandle": "vol-0a1b"}
    assert said(disk, aws=True) == []
    assert said(disk, placed=True) == [("v.driver", None)]
    assert said({"driver": "csi.acme.io", "volumeHandle": "vol-0a1b"}, aws=True) == [NOBODY_KNOWS]
    azure = {"driver": "disk.csi.azure.com", "volumeHandle": "hamar"}
    assert said(azure, aws=True) == [("v.driver", None)]
    block = {"volumeID": "vol-0a1b"}
    assert said(block, name="awsElasticBlockStore", aws=True) == []
    assert said(block, name="awsElasticBlockStore") == [("v", None)]
    assert said({"pdName": "d"}, name="gcePersistentDisk", aws=True) == [("v", None)]
    managed = {"driver": "ebs.csi.eks.amazonaws.com", "volumeHandle": "vol-0a1b"}
    assert said(managed, aws=True) == []
    assert said(managed, placed=True) == [("v.driver", None)]


@pytest.mark.parametrize(
    ("handle", "where"),
    [
        ("us-east-1/vol-1", "us-east-1"),
        ("eu-west-2a:fs-1", "eu-west-2a"),
        ("share|europe-west4", "europe-west4"),
        ("nas.evil.net#share", "nas.evil.net"),
        ("evil.net:/share", "evil.net"),
    ],
)
def test_a_handle_that_names_a_place_abroad_is_refused_also_on_a_node_of_the_site(handle: str, where: str) -> None:
    assert said({"driver": "csi.acme.io", "volumeHandle": handle}, placed=True) == [("v.volumeHandle", where)]


def test_a_handle_that_names_an_approved_region_or_a_file_is_not_refused_for_it() -> None:
    assert said({"volumeHandle": "eu-west-1/vol-1"}, placed=True) == []
    assert said({"volumeHandle": "eu-west-1a/vol-1"}, placed=True) == []
    assert said({"volumeHandle": "10.0.0.9:/share/disk.name"}, placed=True) == []


def test_what_is_not_known_yet_is_no_place() -> None:
    assert said(UNKNOWN) == [NOBODY_KNOWS]
    assert said({"volumeHandle": UNKNOWN}, placed=True) == [("v.volumeHandle", None)]
    unknown = {"driver": "csi.acme.io", "volumeHandle": "1b2c", "volumeAttributes": UNKNOWN}
    assert said(unknown) == [("v.volumeAttributes", None), NOBODY_KNOWS]
    assert said({"driver": UNKNOWN}) == [("v.driver", None)]
    assert said({"server": UNKNOWN}, name="nfs") == [("v.server", None)]
    assert said({"monitors": ["10.0.0.1:6789", UNKNOWN]}, name="cephfs") == [("v.monitors", None)]


def test_the_servers_of_every_kind_of_volume_are_read() -> None:
    for name, key in (("nfs", "server"), ("iscsi", "targetPortal"), ("quobyte", "registry"), ("scaleIO", "gateway")):
        assert said({key: "evil.net"}, name=name) == [(f"v.{key}", "evil.net")]
        assert said({key: "10.0.0.1"}, name=name) == []
    assert said({"portals": ["10.0.0.1:3260", "203.0.113.9:3260"]}, name="iscsi") == [("v.portals", "203.0.113.9")]
    assert said({"volumeID": "v"}, name="cinder") == [NOBODY_KNOWS]
    assert said({"volumeID": "v"}, name="cinder", placed=True) == []
    assert said({"driver": "acme/x", "options": {"server": "evil.net"}}, name="flexVolume") == [
        ("v.options.server", "evil.net")
    ]


def test_a_driver_is_told_whatever_its_case_and_only_as_a_whole() -> None:
    assert [trouble.path for trouble in troubles_of_driver("d", "PD.csi.storage.gke.io", LAW, aws=True)] == ["d"]
    assert [*troubles_of_driver("d", "pd.csi.storage.gke.io.hamar.example", LAW, aws=False)] == []
    assert [*troubles_of_driver("d", "efs.csi.aws.com", LAW, aws=True)] == []
    assert [*troubles_of_driver("d", None, LAW, aws=False)] == []


def test_parameters_that_drivers_tell_each_other_are_left_out_and_foreign_buckets_are_not() -> None:
    law = replace(LAW, buckets=frozenset({"own"}))

    def found(parameters: Any) -> list[tuple[str, str | None]]:
        return [
            (path, refusal.where if refusal else None) for path, refusal in troubles_of_parameters("p", parameters, law)
        ]

    assert found({"csi.storage.k8s.io/provisioner-secret-name": "evil.net", "bucket": "own", "iops": 3}) == []
    assert found({"Bucket": "other"}) == [("p.Bucket", None)]
    assert found({"csi.storage.k8s.io/fstype": "xfs", "endpoint": "https://s3.evil.net"}) == [
        ("p.endpoint", "s3.evil.net")
    ]
    assert found({"iops": UNKNOWN}) == [("p.iops", None)]
    assert found(UNKNOWN) == [("p", None)]
    assert found(None) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("hamar", True),
        ("hamar-building-1", True),
        ("hamar-building-4", False),
        ("nas.hamar.example", True),
        ("https://s3.hamar.example:9000/bucket", True),
        ("user@nas.hamar.example:/share", True),
        ("https://s3.hamar.example/?then=https://evil.net", True),
        ("https://evil.net/?then=https://s3.hamar.example", False),
        ("//nas.hamar.example/share/", True),
        ("XX.hamar.example", True),
        ("minio.store.svc", True),
        ("10.1.2.3", True),
        ("fd00::7", True),
        ("2001:db8::7", False),
        ("203.0.113.9", False),
        ("nas.evil.net", False),
        ("localhost", False),
        ("pvc-1", False),
        ("", False),
    ],
)
def test_a_text_names_the_site_by_a_host_an_address_or_what_its_nodes_are_called(text: str, *, expected: bool) -> None:
    network = network_of("fd00::/8")
    assert network is not None
    assert names_own_place(text, replace(LAW, networks=(*LAW.networks, network))) is expected
