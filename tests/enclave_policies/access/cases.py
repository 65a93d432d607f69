"""Bundles as cases: the tests' enclave with another table or other files, and what the pack says of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from enclave_policies.judging.judge import judge_stack
from enclave_policies.law.folder.access import load_access_law
from enclave_policies.resources.resource import Provider, Resource
from enclave_policies.resources.unknown import UNKNOWN
from enclave_policies.rules.access import ACCESS

from components.access.bundle import bundle_of
from components.declaration import load_declaration
from components.declaration.model import Decision
from hosts.gateway.bundle import digest_of
from located_yaml import load
from tests.gateways.conftest import DECLARED

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from enclave_policies.law import Law
    from enclave_policies.reading.finding import Finding

CONFIG_MAP = "kubernetes:core/v1:ConfigMap"
DEPLOYMENT = "kubernetes:apps/v1:Deployment"


@dataclass(frozen=True)
class Case:
    """One bundle, with the parts that each rule's refusal must say."""

    name: str
    raw: Mapping[str, Any]

    @property
    def expect(self) -> Mapping[str, Sequence[str]]:
        """The rules that refuse it, with parts of what they say."""
        found: Mapping[str, Sequence[str]] = self.raw["expect"]
        return found

    def files(self) -> dict[str, str]:
        """Return the bundle's files."""
        declaration = load_declaration(DECLARED)
        if "decide" in self.raw:
            rows = [Decision.model_validate(row) for row in self.raw["decide"]]
            gateway = declaration.gateways["employees"].model_copy(update={"decide": rows})
            declaration = declaration.model_copy(update={"gateways": {"employees": gateway}})
        files = bundle_of(declaration, "hamar", "employees", None)
        for name, changes in self.raw.get("files", {}).items():
            for before, after in changes.items():
                assert before in files[name], f"{self.name}: there is no {before!r} in {name}"
                files[name] = files[name].replace(before, after)
        return files

    def resource(self) -> Resource:
        """Return the ConfigMap that holds the bundle."""
        provider = Provider("urn:pulumi:local::enclave::pulumi:providers:kubernetes::hamar", "kubernetes", "hamar", {})
        urn = f"urn:pulumi:local::enclave::{CONFIG_MAP}::hamar-employees-bundle"
        files = self.files()
        metadata = {"name": f"employees-{digest_of(files)[:16]}"}
        props = {"metadata": metadata, "immutable": True, "data": files, **self.raw.get("props", {})}
        return Resource(urn, CONFIG_MAP, "hamar-employees-bundle", props, provider)

    def pods(self) -> Resource:
        """Return the Deployment that runs the authorizer; ``command`` may say {digest}."""
        resource = self.resource()
        digest = digest_of(self.files())
        command = self.raw.get("command", ["enclave-gateway", "serve", "--digest={digest}"])
        words = [UNKNOWN if word == "{unknown}" else word.replace("{digest}", digest) for word in command]
        spec = {"template": {"spec": {"containers": [{"name": "authorizer", "image": "x", "command": words}]}}}
        urn = resource.urn.replace(CONFIG_MAP, DEPLOYMENT)
        return Resource(urn, DEPLOYMENT, "hamar-employees", {"spec": spec}, resource.provider)

    def findings(self) -> tuple[Finding, ...]:
        """Return what the pack finds."""
        resources = [self.resource(), self.pods()]
        found = judge_stack(resources, law(), ACCESS)
        return tuple(each for resource in resources for each in found[resource.urn])

    def differences(self) -> list[str]:
        """Return how the findings differ from what is expected."""
        found = self.findings()
        said = {rule: " | ".join(each.message for each in found if each.rule == rule) for rule in self.expect}
        wrong = [f"unexpected: {each.message}" for each in found if each.rule not in self.expect]
        return wrong + [
            f"{rule} does not say {part!r} but {said[rule]!r}"
            for rule, parts in self.expect.items()
            for part in parts
            if part not in said[rule]
        ]


@cache
def law() -> Law:
    return load_access_law()


@cache
def cases() -> tuple[Case, ...]:
    """Return every case."""
    return tuple(Case(raw["case"], raw) for raw in load(Path(__file__).with_name("cases.yaml")).data)
