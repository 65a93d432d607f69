"""A host says whose it is and in which region, or it is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest
from enclave_policies.law.folder import load_law
from enclave_policies.places.hosts import is_service_principal, region_of_host, short_codes
from enclave_policies.texts.addresses import hosts_in, refused_address

LAW = load_law()


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://Evil.Net:8443/x?y#z", "evil.net"),
        ("evil.net:443", "evil.net"),
        ("evil.net./x", "evil.net"),
        ("//evil.net/x", "evil.net"),
        (" evil.net ", "evil.net"),
        ("https://user:word@evil.net", "evil.net"),
        ("jdbc:postgresql://evil.net:5432/db", "evil.net"),
        ("JDBC:sqlserver://evil.net:1433;database=x", "evil.net"),
        ("jdbc:sqlserver://evil.net;database=x", "evil.net"),
        ("jdbc:oracle:thin:@//evil.net:1521/x", "evil.net"),
        ("jdbc:oracle:thin:user/word@evil.net:1521", "evil.net"),
        ("[2001:db8::1]:443", "2001:db8::1"),
        ("https://[2001:db8::1", "2001:db8::1"),
        ("/etc/hosts", ""),
        ("", ""),
    ],
)
def test_the_host_of_an_address_is_read_in_every_spelling(address: str, host: str) -> None:
    assert [found.lower().rstrip(".") for found in hosts_in(address) or ("",)] == [host]


@pytest.mark.parametrize(
    "address",
    [
        *(
            "https://api.hamar.example",
            "*.hamar.example",
            "10.1.2.3:443",
            "https://s3.eu-west-1.amazonaws.com",
            "redis",
        ),
        *("ip-10-0-0-1.eu-west-1.compute.internal", "db.internal", "queue.local:5672", "json-schema.org"),
        *("0.0.0.0:8080", "x.acm-validations.aws", "k.dkim.amazonses.com", "ns-12.awsdns-3.co.uk", "dns:///redis:6379"),
        *("unix:///run/x.sock", "dns:///", "file:///etc/x", "xds:///api.hamar.example", " dns:///api.hamar.example "),
        *(
            "dns:53",
            "dns:65535/x",
            "ipv4:0:53",
            "dns:api.hamar.example:443",
            " ipv4:10.0.0.1:53,10.0.0.2:53 ",
            "ipv6:[::1]:53",
        ),
        *("dns://10.0.0.1/redis:6379", "dns://:53/redis", "*.hamar.example", "*.eu-west-1.compute.internal"),
    ],
)
def test_an_own_or_approved_host_passes(address: str) -> None:
    assert refused_address(address, LAW) is None


@pytest.mark.parametrize(
    ("address", "where", "country"),
    [
        ("https://api.evil.net", "api.evil.net", None),
        ("https://s3.us-east-1.amazonaws.com", "us-east-1", "US"),
        ("ip-10-0-0-1.us-west-2.compute.internal", "us-west-2", "US"),
        ("ip-10-0-0-1.ec2.internal", "us-east-1", "US"),
        ("s3.amazonaws.com", "s3.amazonaws.com", None),
        ("203.0.113.9:443", "203.0.113.9", None),
        ("dns:///evil.net:443", "evil.net", None),
        ("xds:///evil.net", "evil.net", None),
        ("dns://10.0.0.1/evil.net:443", "evil.net", None),
        ("dns://:53/evil.net", "evil.net", None),
        ("dns://203.0.113.9/redis", "203.0.113.9", None),
        ("passthrough://redis/evil.net", "evil.net", None),
        ("dns:///evil.net/:///redis", "evil.net", None),
        ("dns:evil.net:443", "evil.net", None),
        ("DNS:53.evil.net", "53.evil.net", None),
        ("xds:api.hamar.example,evil.net", "evil.net", None),
        ("passthrough:redis,\nevil.net", "evil.net", None),
        (" ipv4:203.0.113.9:53,203.0.113.10:53 ", "203.0.113.9", None),
        ("ipv6:[2001:db8::1]:53", "2001:db8::1", None),
        ("dns:", None, None),
        ("dns://", None, None),
        ("*.evil.net", "evil.net", None),
        ("*.us-west-2.compute.internal", "us-west-2", "US"),
        ("*.ec2.internal", "us-east-1", "US"),
        ("${host}.hamar.example", None, None),
        ("https://", None, None),
    ],
)
def test_a_foreign_host_is_refused_with_its_place(address: str, where: str | None, country: str | None) -> None:
    refusal = refused_address(address, LAW)
    assert refusal is not None
    assert (refusal.where, refusal.country) == (where, country)


def test_a_host_with_a_part_that_is_not_known_yet_is_refused_for_that() -> None:
    refusal = refused_address("https://${host}.hamar.example/x", LAW)
    assert refusal is not None
    assert refusal.words == "'${host}.hamar.example', a host that is put together later"


def test_a_stand_in_is_approved_by_its_whole_origin() -> None:
    law = replace(LAW, stand_in_endpoints=frozenset({"http://203.0.113.9:5000"}))
    assert refused_address("http://203.0.113.9:5000/x", law) is None
    assert refused_address("http://203.0.113.9:5001", law) is not None


@pytest.mark.parametrize(
    ("host", "region"),
    [
        ("s3.eu-west-1.amazonaws.com", "eu-west-1"),
        ("s3-us-east-1.amazonaws.com", "us-east-1"),
        ("a-eu-west-1.b.us-east-1.amazonaws.com", "us-east-1"),
        ("cluster.x.euw1.amazonaws.com", "eu-west-1"),
        ("cluster.x.apne1.amazonaws.com", "ap-northeast-1"),
        ("cluster.x.usgw1.amazonaws.com", "us-gov-west-1"),
        ("cluster.x.cac1.amazonaws.com", "ca-central-1"),
        ("rds.cn-north-1.amazonaws.com.cn", "cn-north-1"),
        ("ip-10-0-0-1.us-west-2.compute.internal", "us-west-2"),
        ("s3.amazonaws.com", None),
        ("eu-west-1.evil.net", None),
        ("s3.us-east-1.notamazonaws.com", None),
    ],
)
def test_the_region_of_an_aws_host_is_read_off_its_labels(host: str, region: str | None) -> None:
    assert region_of_host(host, LAW) == region


def test_short_codes_tell_the_regions_apart() -> None:
    assert len(short_codes(LAW)) == len(LAW.regions)


def test_only_what_has_the_form_of_a_service_principal_is_one() -> None:
    assert is_service_principal("lambda.amazonaws.com")
    assert is_service_principal("ec2.amazonaws.com.cn")
    assert not is_service_principal("lambda.us-east-1.amazonaws.com")
    assert not is_service_principal("lambda.amazonaws.com.evil.net")
