"""How guardrails are provisioned, by shape; that they refuse is proved in tests/engine."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from components.clouds import OrganizationAccess, clouds_of
from components.declaration import load_declaration
from located_yaml import ProblemsError
from tests.components import shapes
from tests.components.declarations import changed, stacks
from tests.components.shapes import Registered, shape

if TYPE_CHECKING:
    from pathlib import Path

POLICY = "kubernetes:admissionregistration.k8s.io/v1:ValidatingAdmissionPolicy"
SERVICE_CONTROL = "aws:organizations/policy:Policy"
ATTACHMENT = "aws:organizations/policyAttachment:PolicyAttachment"
# Not before `sites`: the line is written in front of them.
organization = 'organization: {account: "777700001111", target: ou-ab12-cdefgh34}\nsites:\n'


@pytest.fixture(scope="module")
def registered() -> list[Registered]:
    return shape(load_declaration(stacks / "local.yaml"))


def test_each_policy_is_bound_and_each_service_control_policy_attached(registered: list[Registered]) -> None:
    by_type = {r.type: r for r in registered}
    assert by_type[f"{POLICY}Binding"].inputs["metadata"] == by_type[POLICY].inputs["metadata"]
    assert by_type[SERVICE_CONTROL].inputs["content"] == shapes.guardrails.service_control["jurisdiction-1"]
    assert by_type[SERVICE_CONTROL].inputs["type"] == "SERVICE_CONTROL_POLICY"
    assert by_type[ATTACHMENT].inputs == {"policyId": "organization-jurisdiction-1-id", "targetId": "r-abcd"}


def test_the_organization_has_an_explicit_provider_that_asks_nothing_else(registered: list[Registered]) -> None:
    (provider,) = [r for r in registered if r.type == "pulumi:providers:aws" and r.name == "organization-aws"]
    assert provider.inputs["region"] == "eu-west-1"
    assert set(json.loads(provider.inputs["endpoints"])[0]) == {"organizations", "sts"}


def test_without_an_organization_no_service_control_policy_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shapes, "clouds", replace(shapes.clouds, organization=None))
    types = {resource.type for resource in shape(load_declaration(stacks / "local.yaml"))}
    assert not types & {SERVICE_CONTROL, ATTACHMENT}
    assert POLICY in types


def without_hamar(folder: Path, *changes: tuple[str, str]) -> Path:
    """Write the real stack before Hamar is built: its cluster is asked for its fingerprint, and none is there."""
    balancers = ("    balancers:\n", "")
    receivers = ("  receivers:\n", "")
    file = changed(
        folder, ("lifecycle: testing", "lifecycle: planned"), balancers, receivers, *changes, stack="eu-prod"
    )
    text = file.read_text(encoding="utf-8").partition("# Between sites:")[0]
    file.write_text(
        "".join(line for line in text.splitlines(True) if "hamar/" not in line and "hamar: {" not in line),
        encoding="utf-8",
    )
    return file


def test_a_real_stack_names_its_organization_and_asks_it_from_its_first_site(tmp_path: Path) -> None:
    file = without_hamar(tmp_path, ("sites:\n", organization), ("\n  hamar:\n", "\n  spare:\n"))
    found = clouds_of(load_declaration(file), lambda _: None).organization
    assert found == OrganizationAccess("777700001111", "eu-west-1", "ou-ab12-cdefgh34")


def test_a_real_stack_without_one_has_none(tmp_path: Path) -> None:
    assert clouds_of(load_declaration(without_hamar(tmp_path)), lambda _: None).organization is None


wrong = {
    "a target that is none": (
        "eu-prod",
        organization.replace("ou-ab12-cdefgh34", "europe"),
        "'europe' is not a root (r-",
    ),
    "a site in the management account, which nothing binds": (
        "eu-prod",
        organization.replace("777700001111", "111122223333"),
        "111122223333 is the account of site 'dublin-1'; service control policies do not bind the management account",
    ),
    "an organization of its own in a sandbox": (
        "local",
        organization,
        "in a sandbox the stand-in organization brings its own root; remove 'organization'",
    ),
}


@pytest.mark.parametrize("name", wrong)
def test_what_cannot_be_an_organization_is_refused_with_its_line(name: str, tmp_path: Path) -> None:
    stack, block, message = wrong[name]
    with pytest.raises(ProblemsError) as refused:
        load_declaration(changed(tmp_path, ("sites:\n", block), stack=stack))
    found = [problem for problem in refused.value.problems if message in str(problem)]
    assert found, str(refused.value)
    assert found[0].position.line > 1
