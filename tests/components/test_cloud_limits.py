"""What a cloud would refuse when it is built is refused when it is read, with file and line; its neighbours pass."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import located_yaml
from components.aws.acl import acl_entries
from components.declaration import AwsSite, Declaration, load_declaration
from components.declaration.names import MEANT_OTHERWISE
from components.declaration.quotas import ACL_RULES, acl_rules
from components.declaration.tags import LABEL, OWN, SIGNS
from components.site import SitePlan
from located_yaml import ProblemsError
from tests.components.declarations import changed, local, stacks

if TYPE_CHECKING:
    from pathlib import Path

TEAM, TAGS = "team: enclave-platform", 'tags: {cost-centre: "4711"}'
SITE_TAGS = "    zones: [a, b, c]\n    cidr: 10.16.0.0/16"
IMAGE = "registry.hamar.example/enclave/gateway"
APP, DUBLIN = "  app: {slot: 2", "  dublin-2:\n"


def renamed_site(name: str) -> tuple[str, str]:
    return DUBLIN, f"  {name}:\n"


def tagged(key: str, value: str = "x") -> tuple[str, str]:
    return TAGS, f'tags: {{"{key}": "{value}"}}'


def tags(number: int) -> tuple[str, str]:
    return TAGS, f"tags: {{{', '.join(f't{n}: x' for n in range(number))}}}"


def ports(number: int) -> tuple[str, str]:
    """Ports of a path into a segment that has others besides."""
    listed = ", ".join(str(10_000 + 2 * n) for n in range(number))
    return "to: gateway, ports: [443]}", f"to: gateway, ports: [{listed}]}}"


REFUSED: dict[str, tuple[Any, ...]] = {
    "a team with spaces": ((TEAM, "team: Enclave Platform"), "Kubernetes takes up to 63"),
    "a team with an umlaut": ((TEAM, "team: Gefährten"), "Kubernetes takes up to 63"),
    "a team that ends with a hyphen": ((TEAM, "team: platform-"), "Kubernetes takes up to 63"),
    "a team of 64 letters": ((TEAM, f"team: {'a' * 64}"), "(64 letters) cannot be a label"),
    "a team that nobody is in": ((TEAM, "team: ''"), "is empty; give a text"),
    "a team of spaces": ((TEAM, "team: '  '"), "is not a text with at least one letter"),
    "a tag with a space in its value": (tagged("cost", "a b"), "Kubernetes takes up to 63"),
    "a tag with a slash in its key": (tagged("a/b"), "is no name of a label"),
    "a tag without a key": (tagged(""), "a tag needs a key"),
    "a tag of AWS": (tagged("aws:cost"), "begins with 'aws:'"),
    "a tag of AWS in capitals": (tagged("AWS:cost"), "begins with 'aws:'"),
    "a tag whose value is AWS's": (tagged("cost", "aws:x"), "begins with 'aws:'"),
    "a tag that the enclave sets": (tagged("owner"), "is a tag that the enclave sets itself"),
    "a tag that the enclave sets, in capitals": (tagged("OWNER"), "is a tag that the enclave sets itself"),
    "a tag that the enclave sets, in small letters": (tagged("name"), "is a tag that the enclave sets itself"),
    "a tag with a long value": (tagged("cost", "a" * 257), "has 257 letters; AWS takes 256"),
    "a tag with a long key": (tagged("a" * 129), "has 129 letters; AWS takes 128"),
    "a tag with a sign": (tagged("cost", "a*b"), "holds '*'; AWS takes letters"),
    "a tag with a line feed": (tagged("cost", "a\\nb"), "AWS takes letters"),
    "two tags that differ in case": ((TAGS, "tags: {cost: x, Cost: y}"), "are one tag to AWS IAM"),
    "more tags than AWS takes": (tags(42), "would carry 51 tags"),
    "one tag of a site too many": (
        (SITE_TAGS, f"{SITE_TAGS}\n    tags: {{{', '.join(f't{n}: x' for n in range(41))}}}"),
        "would carry 51 tags",
    ),
    "a service in two segments": (
        ("[logs, ssm]", "[logs, ssm, s3]"),
        "service 's3' has its endpoint in segment 'keys'",
    ),
    "a service twice in a segment": (("[kms, sts, s3]", "[kms, sts, kms]"), "service 'kms' has its endpoint"),
    "data classes that make a long label": (
        ("  allowable: {", f"  {'a' * 24}: {{examples: [x]}}\n  {'b' * 24}: {{examples: [x]}}\n  allowable: {{"),
        ("classes: [restricted, allowable]}", f"classes: [restricted, {'a' * 24}, {'b' * 24}, telemetry]}}"),
        "(70 letters) cannot be a label",
    ),
    "a balancer's name too long": (renamed_site("d" * 24), "load balancer called 'dddddddd"),
    "a balancer's name one too long": (renamed_site("d" * 23), "of 33 letters, and AWS takes 32"),
    "a role's name too long": (
        ("enclave: europe", f"enclave: {'e' * 24}"),
        ("  employees:\n", f"  {'g' * 15}:\n"),
        ("gateway: employees", f"gateway: {'g' * 15}"),
        renamed_site("d" * 16),
        "role called",
    ),
    "a bucket's name too long": (("enclave: europe", f"enclave: {'e' * 24}"), renamed_site("d" * 21), "bucket called"),
    "a balancer that AWS calls internal": (renamed_site("internal"), "names that begin with 'internal-'"),
    "a group that looks like an id": (renamed_site("sg"), "names that begin with 'sg-'"),
    "an alias among AWS's": (("enclave: europe", "enclave: aws"), "names that begin with 'alias/aws/'"),
    "a bucket among AWS's": (("enclave: europe", "enclave: sthree"), "names that begin with 'sthree-'"),
    "a bucket among AWS's examples": (("enclave: europe", "enclave: amzn-s3-demo"), "begin with 'amzn-s3-demo-'"),
    "two sites with one name for two things": (
        renamed_site("dublin-1-app"),
        ("  app: {slot: 2", "  app-store: {slot: 9, purpose: x}\n  app: {slot: 2"),
        "would be called as one of site",
    ),
    "a name that joins ways": ((APP, "  app-to-store: {slot: 9, purpose: x}\n" + APP), "holds the word 'to'"),
    "no segment for the keys of a cluster": (
        ("  keys: {slot: 4, purpose: key management", "  safe: {slot: 4, purpose: key management"),
        "keeps its keys in a segment 'keys'",
    ),
    "operators that are everybody": (
        ("    buildings: 3\n", "    buildings: 3\n    operators: ['system:authenticated']\n"),
        "is a group of Kubernetes itself",
    ),
    "operators without a name": (
        ("    buildings: 3\n", "    buildings: 3\n    operators: ['']\n"),
        "is empty; give a text",
    ),
    "a store key for codes": (("store: {use: encrypt", "store: {use: hmac"), "a key for 'hmac' cannot"),
    "a log key for codes": (("logs: {use: encrypt", "logs: {use: hmac"), "a key for 'hmac' cannot"),
    "a volume key for codes": (("volumes: {use: encrypt", "volumes: {use: hmac"), "a key for 'hmac' cannot"),
    "power that shrinks": (("[30, 150]", "[150, 30]"), "is not first and final power"),
    "power of nothing": (("[30, 150]", "[0, 150]"), "is not first and final power"),
    "power below nothing": (("[30, 150]", "[-30, 150]"), "is not first and final power"),
    "power in watts": (("[30, 150]", "[30000000, 150000000]"), "is not first and final power"),
    "power without end": (("[30, 150]", "[30, 1e999]"), "is not first and final power"),
    "an image with an empty part": ((IMAGE, "registry.hamar.example//gateway"), "is not an image by its digest"),
    "an image that begins with a slash": ((IMAGE, "/enclave/gateway"), "is not an image by its digest"),
    "an image that ends with a slash": ((IMAGE, "registry.hamar.example/gateway/"), "is not an image by its digest"),
    "an image with two tags": ((IMAGE, "registry.hamar.example/gateway:1:2"), "is not an image by its digest"),
    "an image with three underscores": ((IMAGE, "registry.hamar.example/a___b"), "is not an image by its digest"),
    "an image with a long port": ((IMAGE, "registry.hamar.example:123456/gateway"), "is not an image by its digest"),
    "an image with a name without end": ((IMAGE, "a/" * 300 + "b"), "is too long; 456 letters are the limit"),
    "an image by its tag": ((f"{IMAGE}@sha256", f"{IMAGE}:1.0@md5"), "is not an image by its digest"),
    "a mail address without end": (("email: ", f"email: {'a' * 250}"), "is too long; 254 letters are the limit"),
    "a mail address of dots": (("@enclave.example", "@enclave..example"), "is not a mail address"),
    "a mail address in the host": (("@enclave.example", "@localhost"), "is not a mail address"),
    "an instance type that is none": (("m7i.large", "large"), "is not an instance type such as m7i.large"),
    "a purpose that nobody wrote": (("purpose: applications", "purpose: ''"), "is empty; give a text"),
    "an end by week": (
        ("    lifecycle: building\n", "    role: transitional\n    exit_by: 2027-W13-3\n    lifecycle: building\n"),
        "is not a day; write it as YYYY-MM-DD",
    ),
    "more rules than a network ACL takes": (ports(ACL_RULES), "AWS takes 40; merge ports"),
    "more roles than a key policy takes": (
        ("users: [enclave-store]", f"users: [{', '.join(f'role-{n}' for n in range(150))}]"),
        "AWS takes 32,768; name fewer roles",
    ),
    "a list without end": (ports(1001), "holds 1,001 items, 1,000 are the limit"),
}

PASSING = {
    "an image with a tag beside its digest": (IMAGE, "registry.hamar.example:5000/a-b/c__d/e.f:v1.2_3"),
    "an image of a host alone": (IMAGE, "registry.hamar.example/gateway"),
    "a mail address with umlauts": ("enclave-platform@enclave.example", "gefährten@enclave.example"),
    "a tag whose name ours is a part of": tagged("owner-of-costs"),
    "a team with dots": (TEAM, "team: Enclave.Platform_7"),
    "a team of 63 letters": (TEAM, f"team: {'a' * 63}"),
    "a tag without a value": tagged("cost", ""),
    "a tag with a plus": tagged("cost", "a+b"),
    "as many tags as AWS takes": tags(41),
    "a balancer's name as long as AWS takes": renamed_site("d" * 22),
    "a site called internally": renamed_site("internally"),
    "a site whose name begins with ours": renamed_site("dublin-1-b"),
    "a name that only sounds like a way": (APP, "  tokyo: {slot: 9, purpose: x}\n" + APP),
    "power that stays": ("[30, 150]", "[150, 150]"),
    "power of a cupboard": ("[30, 150]", "[0.02, 0.05]"),
    "another pseudonym key for codes": ("volumes: {use", "more: {use: hmac, administrators: [a]}\n  volumes: {use"),
    "a network ACL that is full": ports(ACL_RULES - 4),
    "a private network of the middle": ("cidr: 10.17.0.0/16", "cidr: 172.31.0.0/16"),
    "a private network of the end": ("cidr: 10.17.0.0/16", "cidr: 192.168.0.0/16"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_a_cloud_would_refuse_is_refused_at_its_place(case: str, tmp_path: Path) -> None:
    *changes, message = REFUSED[case]
    with pytest.raises(ProblemsError) as caught:
        load_declaration(changed(tmp_path, *changes))
    lines = str(caught.value).splitlines()
    assert any(message in line for line in lines), lines
    assert all(re.match(r".*changed\.yaml:\d+:\d+: ", line) for line in lines)


@pytest.mark.parametrize("case", PASSING)
def test_its_neighbour_passes(case: str, tmp_path: Path) -> None:
    assert local(tmp_path, PASSING[case]).enclave == "europe"


@pytest.mark.parametrize("word", MEANT_OTHERWISE)
@pytest.mark.parametrize("where", ["segments", "sites", "data_classes"])
def test_a_name_that_means_something_else_is_refused(word: str, where: str, tmp_path: Path) -> None:
    names = {
        "segments": (APP, f"  {word}: {{slot: 9, purpose: x}}\n{APP}"),
        "sites": renamed_site(word),
        "data_classes": ("  allowable: {", f"  {word}: {{examples: [x]}}\n  allowable: {{"),
    }
    with pytest.raises(ProblemsError, match=f"'{word}' means "):
        local(tmp_path, names[where])


NOT_PRIVATE = ["0.1.0.0/16", "127.0.0.0/16", "169.254.0.0/16", "224.1.0.0/16", "240.1.0.0/16", "255.255.0.0/16"]
NOT_PRIVATE += ["100.64.0.0/16", "203.0.113.0/24", "8.8.0.0/16", "172.32.0.0/16", "192.167.0.0/16", "11.0.0.0/16"]


@pytest.mark.parametrize("network", NOT_PRIVATE)
@pytest.mark.parametrize("where", ["cidr: 10.17.0.0/16", "[10.200.0.0/16]", "network: 10.250.16.0/24"])
def test_a_network_that_is_not_private_is_refused_everywhere(network: str, where: str, tmp_path: Path) -> None:
    old = re.search(r"10[\d./]+", where)
    assert old is not None
    with pytest.raises(ProblemsError, match=re.escape(network)):
        local(tmp_path, (where, where.replace(old[0], network)))


def test_the_limits_of_aws_do_not_bind_a_site_of_our_own(tmp_path: Path) -> None:
    """A cluster knows no balancer of AWS, and AWS no label."""
    text = (stacks / "local.yaml").read_text(encoding="utf-8")
    (tmp_path / "long.yaml").write_text(re.sub(r"(?<!-)\bhamar\b(?!\.)", "h" * 24, text), encoding="utf-8")
    assert "h" * 24 in load_declaration(tmp_path / "long.yaml").sites
    aws_alone = (
        text[: text.index("  hamar:\n")]
        .replace("    balancers:\n", "")
        .replace("  receivers:\n", "")
        .replace(TEAM, "team: Gefährten von Dublin")
    )
    (tmp_path / "aws.yaml").write_text(re.sub(r".*((?<!\.)hamar(?!\.)|flow: ).*\n", "", aws_alone), encoding="utf-8")
    assert load_declaration(tmp_path / "aws.yaml").contact.team == "Gefährten von Dublin"


@given(st.text(max_size=70))
def test_a_label_is_what_kubernetes_says(value: str) -> None:
    plain = all(letter.isascii() and (letter.isalnum() or letter in "-_.") for letter in value)
    ends = value[:1].isalnum() and value[-1:].isalnum()
    assert (LABEL.fullmatch(value) is not None) is (plain and ends and len(value) <= 63)


segments = ["ingress", "gateway", "app", "store", "keys", "monitoring"]
some = st.lists(st.sampled_from(segments), min_size=1, max_size=4, unique=True)
few_ports = st.lists(st.integers(1, 6), min_size=1, max_size=5, unique=True)
paths = st.lists(st.tuples(some, st.sampled_from(segments), few_ports, st.sampled_from(["tcp", "udp"])), max_size=6)
far = st.sampled_from(["store", "monitoring", "app"])
links = st.lists(st.tuples(far, far, few_ports, st.booleans()), min_size=1, max_size=4)


@given(paths, links)
def test_rules_of_network_acls_are_counted_as_they_are_made(
    given_paths: list[tuple[list[str], str, list[int], str]],
    given_links: list[tuple[str, str, list[int], bool]],
) -> None:
    data = located_yaml.load(stacks / "local.yaml").data
    data["paths"] = [{"from": a, "to": b, "ports": p, "protocol": q} for a, b, p, q in given_paths]
    ends = [("dublin-1", "hamar"), ("hamar", "dublin-1")]
    data["links"]["dublin-1-hamar"]["paths"] = [
        {"from": [f"{ends[into][0]}/{a}"], "to": f"{ends[into][1]}/{b}", "ports": p} for a, b, p, into in given_links
    ]
    changed_one = Declaration.model_validate(data)
    site = changed_one.sites["dublin-1"]
    assert isinstance(site, AwsSite)
    plan = SitePlan("dublin-1", site, changed_one)
    for segment in segments:
        ingress, egress = acl_entries(plan, segment)
        assert acl_rules(changed_one, "dublin-1", segment) == (len(ingress), len(egress))


def test_what_the_components_set_is_kept_for_them() -> None:
    declaration = load_declaration(stacks / "local.yaml")
    site = declaration.sites["dublin-1"]
    assert isinstance(site, AwsSite)
    made = SitePlan("dublin-1", site, declaration).tags("app")
    assert set(made) - set(declaration.tags) == set(OWN) - {"Name", "purpose"}  # of single resources
    assert "*" not in SIGNS
