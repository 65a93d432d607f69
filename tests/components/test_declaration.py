"""A declaration is read whole, or refused with everything that is wrong with it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from pydantic import ValidationError

from components.declaration import KubernetesSite, load_declaration
from components.declaration.schema import schemas
from located_yaml import ProblemsError
from tests.components.declarations import changed, local, stacks

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("stack", ["local", "rejected", "eu-prod"])
def test_a_shipped_declaration_is_accepted(stack: str) -> None:
    assert load_declaration(stacks / f"{stack}.yaml").enclave.startswith("europe")


def test_norway_is_a_country() -> None:
    assert load_declaration(stacks / "local.yaml").sites["hamar"].country == "NO"


def test_a_declaration_is_frozen() -> None:
    declaration = load_declaration(stacks / "local.yaml")
    with pytest.raises(ValidationError, match="frozen"):
        setattr(declaration, "enclave", "other")  # noqa: B010  mypy refuses the plain form, as it should


def test_the_schema_for_editors_is_not_stale() -> None:
    stale = [file.name for file, text in schemas().items() if file.read_text(encoding="utf-8") != text]
    assert stale == [], "run `python -m components.declaration.schema`"


bad = {
    "an unknown key": ("lifecycle: live", "lifecyle: live", "unknown key 'lifecyle'; did you mean 'lifecycle'?"),
    "a missing key": ("    lifecycle: live\n", "", "'lifecycle' is missing; add it"),
    "a country that is no code": (
        "country: NO",
        "country: Norway",
        "'Norway' is not a country code of two capital letters",
    ),
    "a boolean where a country belongs": ("country: NO", "country: false", "false is not a text; put it in quotes"),
    "an unknown kind": ("kind: kubernetes", "kind: k8s", "kind 'k8s' is not known; one of aws, kubernetes"),
    "a missing kind": ("    kind: kubernetes\n", "", "'kind' is missing; add 'kind: aws | kubernetes'"),
    "an unknown lifecycle": (
        "lifecycle: testing",
        "lifecycle: tested",
        "'tested' is not allowed here; one of 'planned'",
    ),
    "a number as account": (
        'account: "111122223333"',
        "account: 111122223333",
        "111122223333 is not a text; put it in quotes",
    ),
    "a network with host bits": (
        "10.16.0.0/16",
        "10.16.0.1/16",
        "the bits behind the prefix must be 0: write 10.16.0.0/16",
    ),
    "a network of the wrong size": ("10.16.0.0/16", "10.16.0.0/24", "10.16.0.0/24 is a /24; a site takes /16 to /21"),
    "a public network": ("10.16.0.0/16", "8.8.0.0/16", "8.8.0.0/16 is public address space"),
    "overlapping sites": ("10.17.0.0/16", "10.16.128.0/17", "overlaps 10.16.0.0/16 of site 'dublin-1'"),
    "an entry from inside a site": ("10.200.0.0/16", "10.16.8.0/24", "an entry comes from outside"),
    "an entry from the internet": ("10.200.0.0/16", "0.0.0.0/0", "0.0.0.0/0 is public address space"),
    "an unknown segment in a path": ("to: gateway", "to: gatway", "segment 'gatway' is not declared"),
    "a bundle that no host could get": ("[kms, sts, s3]", "[kms, sts]", "no segment has its endpoint"),
    "an unknown data class": (
        "purpose: data at rest, classes: [restricted]",
        "purpose: data at rest, classes: [secret]",
        "data class 'secret'",
    ),
    "a slot used twice": ("slot: 4", "slot: 3", "slot 3 belongs to segment 'store' already"),
    "a slot out of range": ("slot: 4", "slot: 16", "16 is too large; give less than 16"),
    "an image by tag": ("@sha256:", ":latest-", "is not an image by its digest"),
    "a port out of range": ("ports: [8443]", "ports: [84430]", "is not between 1 and 65535"),
    "one role that administers and uses": (
        "users: [enclave-store]",
        "users: [enclave-deployer]",
        "enclave-deployer may not both administer and use the key",
    ),
    "no machine image in a site's region": ("{eu-west-1: ami-", "{eu-north-1: ami-", "no machine image for eu-west-1"),
    "a cluster in a sandbox": (
        "buildings: 3",
        f"buildings: 3\n    cluster: {{ca_sha256: {'a' * 64}}}",
        "in a sandbox the stand-in cluster brings its own identity",
    ),
    "a transitional site without an end": (
        "lifecycle: live",
        "role: transitional\n    lifecycle: live",
        "needs 'exit_by",
    ),
    "an end without a transition": (
        "lifecycle: live",
        "exit_by: 2027-03-31\n    lifecycle: live",
        "only a transitional",
    ),
    "a zone twice": ("zones: [a, b, c]", "zones: [a, b, b]", "'b' is named twice"),
    "a reused key": ("subjects: [eu, uk, ch]", "subjects: [eu]\nsubjects: [uk]", "key 'subjects' is given twice"),
    "an unknown employer in a table": (
        "employer: [enclave-ireland, enclave-norway]",
        "employer: [enclave-sweden]",
        "entity 'enclave-sweden' is not declared",
    ),
    "an unknown purpose in a table": (
        "purpose: [statistics]",
        "purpose: [curiosity]",
        "purpose 'curiosity' is not declared",
    ),
    "an unknown class in a table": (
        "class: [telemetry], purpose",
        "class: [secret], purpose",
        "data class 'secret' is not declared",
    ),
    "a limit of time without a unit": ("ttl<=4h", "ttl<=4", "ticket, approver, record, or a limit of time such as"),
    "grants that last too long": ("ttl<=4h", "ttl<=241m", "grants last for 4 h at most, and 'ttl<=241m' says more"),
    "a prefix without a slash at its end": (
        "prefix: /records/",
        "prefix: /records",
        "the beginning of a path that ends with a slash",
    ),
    "a prefix given twice": (
        "prefix: /metrics/",
        "prefix: /records/",
        "route 'records' has the prefix /records/ already",
    ),
    "a route called as a part of the gateway": (
        "  metrics: {prefix: /metrics/",
        "  nobody: {prefix: /metrics/",
        "'nobody' is what each gateway calls a part of its own",
    ),
    "a route that no path leads to": (
        "service: metrics, port: 8443",
        "service: metrics, port: 9443",
        "no path leads from the segment of gateway employees to 'app' on tcp 9443",
    ),
    "a route to a segment that is not there": (
        "class: restricted, segment: app",
        "class: restricted, segment: apps",
        "segment 'apps' is not declared",
    ),
    "a row that denies and needs": (
        "result: pseudonymise, flow: callers-norway, needs",
        "result: deny, needs",
        "a row that denies needs nothing",
    ),
    "a row that pseudonymises by no flow": (
        "result: pseudonymise, flow: callers-norway",
        "result: pseudonymise",
        "'pseudonymise' needs 'flow'",
    ),
    "a row that pseudonymises by a flow that is not there": (
        "flow: callers-norway",
        "flow: callers",
        "leaving flow 'callers' is not declared",
    ),
    "a row that pseudonymises for more than its flow is for": (
        'from: ["NO"], employer: [enclave-norway], class: [restricted], purpose: [statistics]',
        'from: [IE, "NO"], employer: [enclave-norway], class: [restricted], purpose: [statistics]',
        "'from' is IE, NO, and flow 'callers-norway' is for 'NO' alone",
    ),
    "a row that pseudonymises by a flow of files": (
        "flow: callers-norway",
        "flow: visits",
        "flow 'visits' has no 'epoch', so it leaves as files only",
    ),
    "a row that pseudonymises by a flow that tells countries": (
        "      phone_number: {do: pseudonym}\n  callers-ireland",
        "      phone_number: {do: pseudonym}\n      address: {do: country}\n  callers-ireland",
        "flow 'callers-norway' tells countries of addresses, and a gateway has no table of networks",
    ),
    "a row that pseudonymises by a flow of tokens": (
        "measure: pseudonymised\n    epoch: week\n    fields:\n      phone_number: {do: pseudonym}\n  callers-ireland",
        "measure: tokenised\n    epoch: week\n    fields:\n      phone_number: {do: token}\n  callers-ireland",
        "flow 'callers-norway' leaves tokenised, and a gateway makes pseudonyms alone",
    ),
    "a row with a flow that lets all pass": (
        "result: pseudonymise, flow: callers-norway",
        "result: allow, flow: callers-norway",
        "a row with the result 'allow' has no flow",
    ),
    "an epoch that is none": ("epoch: week", "epoch: month", "'month' is not allowed here"),
    "an employer without a country of control": (
        '{country: "IE", controlled_from: "IE"}',
        '{country: "IE"}',
        "controlled_from",
    ),
    "a section that was emptied": (
        "  watch: {every",
        "  watch:\n# {every",
        "'watch' is empty; give it a value, or remove it",
    ),
    "an item that was emptied": ("buildings: 3", "buildings: [null]", "an item of this list is empty"),
    "no key for volumes": ("  volumes: {", "  volume: {", "no key for 'volumes'"),
}


@pytest.mark.parametrize("case", bad)
def test_bad_input_is_refused_with_value_limit_and_place(case: str, tmp_path: Path) -> None:
    old, new, message = bad[case]
    with pytest.raises(ProblemsError) as caught:
        load_declaration(changed(tmp_path, (old, new)))
    lines = [str(problem) for problem in caught.value.problems]
    assert any(message in line for line in lines), lines
    assert all(re.search(r"changed\.yaml:\d+:\d+: ", line) for line in lines)


def test_all_problems_arrive_at_once(tmp_path: Path) -> None:
    file = changed(
        tmp_path,
        ("country: NO", "country: Norway"),
        ("10.17.0.0/16", "10.16.128.0/17"),
        ("to: gateway", "to: gatway"),
        ("slot: 4", "slot: 3"),
    )
    with pytest.raises(ProblemsError) as caught:
        load_declaration(file)
    assert len(caught.value.problems) == 4


@pytest.mark.parametrize("text", ["", "[]", "just words", "enclave"])
def test_a_file_that_is_no_declaration_is_refused(text: str, tmp_path: Path) -> None:
    file = tmp_path / "x.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ProblemsError, match="is not a declaration"):
        load_declaration(file)


def test_a_real_stack_must_name_its_cluster(tmp_path: Path) -> None:
    with pytest.raises(ProblemsError, match=r"needs 'cluster: \{ca_sha256"):
        load_declaration(changed(tmp_path, ("sandbox: true\n", "")))


def test_a_fourth_site_in_another_country_is_a_block_and_no_code(tmp_path: Path) -> None:
    block = (
        "sites:\n  cork:\n    {kind: kubernetes, country: IE, cidr: 10.48.0.0/16, lifecycle: building, buildings: 2}\n"
    )
    declaration = local(tmp_path, ("sites:\n", block))
    assert isinstance(declaration.sites["cork"], KubernetesSite)
