"""What programs are told names foreign places in many spellings; each is found, and nothing else is."""

from __future__ import annotations

import json

import pytest
from enclave_policies.kubernetes.own import names_own_place
from enclave_policies.law.folder import load_law
from enclave_policies.texts.judge import refusals
from enclave_policies.texts.spellings import is_clouds_region
from hypothesis import given
from hypothesis import strategies as some

LAW = load_law()


def places(key: str, text: str, *, command: bool = False) -> list[str | None]:
    return [refusal.where for refusal in refusals(key, text, LAW, command=command)]


@pytest.mark.parametrize(
    ("key", "text", "found"),
    [
        ("X", "https://evil.net/a?b=c#d", ["evil.net"]),
        ("X", "https://user:pw@evil.net:8443", ["evil.net"]),
        ("X", "https://hamar.example@evil.net", ["evil.net"]),
        ("X", "jdbc:postgresql://evil.net:5432/x", ["evil.net"]),
        ("X", "kafka://a.hamar.example:1,b.evil.net:2,c.evil.net:3/t", ["b.evil.net", "c.evil.net"]),
        ("X", "http://a.hamar.example:1,http://b.evil.net:2", ["b.evil.net"]),
        ("X", "a=http://a.hamar.example,b=http://b.evil.net", ["b.evil.net"]),
        ("X", "http://[2001:db8::1]:80/", ["2001:db8::1"]),
        ("X", "http://[::1]:80/", []),
        ("X", "dns:///evil.net:443", ["evil.net"]),
        ("X", "dns://10.0.0.1/evil.net:443", ["evil.net"]),
        ("X", "dns://8.8.8.8/redis.store:6379", ["8.8.8.8"]),
        ("X", "passthrough:///evil.net", ["evil.net"]),
        ("X", "http://redis.store/evil.net", []),
        ("X", "unix:///evil.net", []),
        ("X", "file:///evil.net", []),
        ("X", "gs://evil", [None]),
        ("X", "s3://any", []),
        ("X", "http://+:80", []),
        ("X", "http://*:80", []),
        ("X", "//evil.net/a", ["evil.net"]),
        ("X", "https:\\\\evil.net\\a", ["evil.net"]),
        ("X", "http://$(HOST):80", []),
        ("X", "http://${HOST}/a", []),
        ("X", "http://a.${ZONE}/b", []),
        ("X", "http://${HOST}.evil.net/a", ["x.evil.net"]),
        ("X", "http://{{ host }}.evil.net/a", ["x.evil.net"]),
        ("X", "https://evil.net$request_uri", ["evil.net"]),
        ("X", "https://evil.net${PATH}", ["evil.net"]),
        ("X", "redis.store:6379", []),
        ("X", "http://redis.store:6379", []),
        ("X", "https://redis.store", ["redis.store"]),
        ("X", "evil.net:443", ["evil.net"]),
        ("X", "user@evil.net:22", ["evil.net"]),
        ("X", "git@evil.net:a/b.git", ["evil.net"]),
        ("X", "8.8.8.8", ["8.8.8.8"]),
        ("X", "8.8.8.8:53", ["8.8.8.8"]),
        ("X", "8.8.8.0/24", []),
        ("X", "1.2.3", []),
        ("X", "v8.8.8.8", []),
        ("X", "8.8.8.8.9", []),
        ("X", "10.0.0.1:80", []),
        ("X", "[2001:db8::1]:80", ["2001:db8::1"]),
        ("X", "2001:db8::1", ["2001:db8::1"]),
        ("X", "evil.net", ["evil.net"]),
        ("X", "evil.net.", ["evil.net"]),
        ("X", "com.acme.evil.net", []),
        ("X", "app.py", []),
        ("X", "a.b.c", []),
        ("X", "monitoring.coreos.com", []),
        ("X", "sts.amazonaws.com", []),
        ("X", "s3.us-east-1.amazonaws.com", ["us-east-1"]),
        ("ENDPOINT", "s3.amazonaws.com", ["s3.amazonaws.com"]),
        ("DB_HOST", "com.acme.evil.net", ["com.acme.evil.net"]),
        ("DB_HOST", "a.hamar.example, b.evil.net;c.evil.net", ["b.evil.net", "c.evil.net"]),
        ("DB_HOST", "evil.net:5432/x", ["evil.net"]),
        ("DB_HOST", "tcp:evil.net,1433", ["evil.net"]),
        ("DB_HOST", "localhost", []),
        ("DB_HOST", "$(X).evil.net", ["x.evil.net"]),
        ("DB_HOST", "evil.${TLD}", []),
        ("SHARE", "0.25", []),
        ("CLASS", "evil.net", []),
        ("PASSWORD", "evil.net", []),
        ("PASSWORD", "https://evil.net", ["evil.net"]),
        ("NO_PROXY", "evil.net,8.8.8.8", []),
        ("DOCS_URL", "https://evil.net", []),
        ("AWS_REGION", "us-east-1", ["us-east-1"]),
        ("AWS_REGION", "US-EAST-1", ["us-east-1"]),
        ("AWS_REGION", "eu-west-1", []),
        ("AWS_REGION", "us-east-9", ["us-east-9"]),
        ("REGION", "europe-west1", ["europe-west1"]),
        ("REGION", "hamar", []),
        ("X", "europe-west1", []),
        ("LOCATION", "US", ["US"]),
        ("X", "us-east-1a", ["us-east-1a"]),
        ("X", "us-east-1_AbC123", ["us-east-1"]),
        ("PREFIX", "us-east-1", []),
        ("X", "to us-east-1 with love", []),
        ("X", "us.anthropic.claude-v1:0", [None]),
        ("X", "us.anthropicclaude", []),
        ("ALERT_EMAIL", "a@evil.net", ["evil.net"]),
        ("ALERT_EMAIL", "a@hamar.example", []),
        ("OWNER", "a@evil.net", []),
        ("X", "host=evil.net port=1", ["evil.net"]),
        ("X", "Server=tcp:evil.net,1433;Database=a", ["evil.net"]),
        ("X", "--server=evil.net", ["evil.net"]),
        ("X", "Host(`evil.net`) && Path(`/a`)", ["evil.net"]),
        ("X", "HostSNI(`*`)", []),
        ("X", "['a.hamar.example', 'evil.net']", ["evil.net"]),
        ("X", '{"a": ["https://evil.net"]}', ["evil.net"]),
        ("X", '{"auths": {"evil.net/v1": {}, "https://b.evil.net": {}}}', ["evil.net", "b.evil.net"]),
        (".dockercfg", '{"evil.net": {}}', ["evil.net"]),
        ("X", '{"$schema": "https://evil.net"}', []),
        ("X", "-----BEGIN CERTIFICATE-----\nhttps://evil.net\n", []),
        ("X", "", []),
    ],
)
def test_a_value_names_these_places_and_no_others(key: str, text: str, found: list[str | None]) -> None:
    assert places(key, text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a: https://evil.net\n", ["evil.net"]),
        ("# https://evil.net\na: 1\n", []),
        ("  // https://evil.net\na: 1\n", []),
        ("; https://evil.net\na=1\n", []),
        ("-- https://evil.net\nselect 1\n", []),
        ("/*\n * https://evil.net\n */\na\n", []),
        ("<!-- https://evil.net -->\na\n", []),
        ("a: 1 # https://evil.net\n", []),
        ("--server=evil.net\n--x\n", ["evil.net"]),
        ("//evil.net/share /mnt cifs\na\n", ["evil.net"]),
        ("*.* @@evil.net:514\na\n", ["evil.net"]),
        ("host: evil.net\n", ["evil.net"]),
        ("a: {host: evil.net}\n", ["evil.net"]),
        ("server evil.net;\nb\n", ["evil.net"]),
        ("pool evil.net iburst\nb\n", ["evil.net"]),
        ("hosts:\n- evil.net\n- a.hamar.example\n", ["evil.net"]),
        ("regions:\n  - us-east-1\n  - eu-west-1\n", ["us-east-1"]),
        ("region = us-east-1\nb\n", ["us-east-1"]),
        ("aws --region us-east-1 x\nb\n", ["us-east-1"]),
        ("runbook_url: https://evil.net\nb: 1\n", []),
        ("description: see https://evil.net\nurl: https://b.evil.net\n", ["b.evil.net"]),
        ("url=jdbc\\:mysql\\://evil.net\\:3306/a\nb=1\n", ["evil.net"]),
        ("forward . 8.8.8.8\nb\n", ["8.8.8.8"]),
        ("name: evil.net\nb: 1\n", []),
        ("import os.path\nfrom a.b import c\n", []),
    ],
)
def test_a_file_names_these_places_and_no_others(text: str, found: list[str]) -> None:
    assert list(dict.fromkeys(places("file", text))) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("curl https://evil.net", ["evil.net"]),
        ("nc evil.net 443", ["evil.net"]),
        ("rsync -a /d a@evil.net:/x", ["evil.net"]),
        ("ping 8.8.8.8", ["8.8.8.8"]),
        ("java -cp a.jar com.acme.Main", []),
        ("python main.py --topic orders.v1", []),
        ("aws s3 ls --region us-east-1", ["us-east-1"]),
        ("REGION=us-east-1 run", ["us-east-1"]),
        ("az login --location westeurope", ["westeurope"]),
        ("echo 'evil.net'", ["evil.net"]),
    ],
)
def test_a_command_reaches_these_places_and_no_others(text: str, found: list[str]) -> None:
    assert list(dict.fromkeys(places("", text, command=True))) == found


def test_a_word_of_a_command_counts_only_in_a_command() -> None:
    assert places("X", "ask evil.net about it") == []
    assert places("X", "ask evil.net about it", command=True) == ["evil.net"]


def test_a_long_value_is_searched_for_what_shows_itself() -> None:
    padding = "x" * 5000
    assert places("X", f"{padding} https://evil.net") == ["evil.net"]
    assert places("X", f"host=evil.net {padding}") == []


def test_json_that_is_nested_without_end_is_not_read_as_clean() -> None:
    with pytest.raises(RecursionError):
        refusals("X", "[" * 150 + "]" * 150, LAW)


def test_each_place_is_told_once() -> None:
    assert places("X", json.dumps(["https://evil.net/a", "https://evil.net/b", "evil.net"])) == ["evil.net"]


@given(some.text(max_size=60), some.text(max_size=60), some.booleans())
def test_no_text_breaks_the_reader(key: str, text: str, command: bool) -> None:
    refusals(key, text, LAW, command=command)


@given(some.sampled_from(sorted(LAW.regions)))
def test_of_all_regions_only_the_approved_one_may_be_named(region: str) -> None:
    assert (places("AWS_REGION", region) == []) == (region == "eu-west-1")
    assert (places("X", f"https://sqs.{region}.amazonaws.com/1/q") == []) == (region == "eu-west-1")


def test_regions_of_other_clouds_are_known_by_how_they_are_written() -> None:
    for code in ("us-central1", "europe-west1-b", "westeurope", "uksouth", "fra1", "use1-az4", "US", "eu-south-9"):
        assert is_clouds_region(code)
    for code in ("hamar", "minio", "building-1", "prod", "no"):
        assert not is_clouds_region(code)


@pytest.mark.parametrize(
    ("text", "own"),
    [
        *(("nas.hamar.example", True), ("10.0.0.1", True), ("https://a.hamar.example:9000/x", True), ("hamar", True)),
        *(("hamar-building-1", True), ("a.svc", True), ("evil.net", False), ("x", False), ("8.8.8.8", False)),
        *(("10.0.0.1:3260", True), ("user@nas.hamar.example", True), ("//nas.hamar.example/s", True)),
        *(("hamar-building-9", False),),
    ],
)
def test_a_text_names_the_site_or_not(text: str, own: bool) -> None:
    assert names_own_place(text, LAW) == own
