"""Bundles as cases: the tests' enclave with another table or other files, and what the pack says of them."""

from __future__ import annotations

import base64
import gzip
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
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
from hosts.gateway.packed import packed
from located_yaml import load
from tests.approving import IMAGE, approve, inspected
from tests.enclave_policies.law_editing import TODAY
from tests.enclave_policies.shipped import KUBECONFIG
from tests.gateways.conftest import DECLARED
from tests.hosts.gateway.dublin import DUBLIN

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from enclave_policies.law import Law
    from enclave_policies.reading.finding import Finding

CONFIG_MAP = "kubernetes:core/v1:ConfigMap"
KUBERNETES = "pulumi:providers:kubernetes"
PROVIDER = f"urn:pulumi:local::enclave::{KUBERNETES}::hamar"
DEPLOYMENT = "kubernetes:apps/v1:Deployment"
OBJECT = "aws:s3/bucketObjectv2:BucketObjectv2"
TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
BUCKET = "europe-dublin-config-111122223333"
ELSEWHERE = ("ACC-013", "ACC-014", "ACC-016", "ACC-017", "ACC-018")
RULES = tuple(rule for rule in ACCESS if rule.id not in ELSEWHERE)
"""How gateways start and what is declared of them has cases of its own (starts.yaml, declared.yaml)."""


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

    @property
    def in_aws(self) -> bool:
        """Whether the bundle lies in a bucket."""
        return self.raw.get("site") == "aws"

    def files(self) -> dict[str, str]:
        """Return the bundle's files."""
        declaration = load_declaration(DECLARED)
        if "decide" in self.raw:
            rows = [Decision.model_validate(row) for row in self.raw["decide"]]
            gateway = declaration.gateways["employees"].model_copy(update={"decide": rows})
            declaration = declaration.model_copy(update={"gateways": {"employees": gateway}})
        site = "hamar"
        if self.in_aws:
            site = "dublin"
            declaration = declaration.model_copy(update={"sites": {site: DUBLIN}})
        files = bundle_of(declaration, site, "employees", None)
        for name, changes in self.raw.get("files", {}).items():
            for before, after in changes.items():
                assert before in files[name], f"{self.name}: there is no {before!r} in {name}"
                files[name] = files[name].replace(before, after)
        return files

    def resource(self) -> Resource:
        """Return the ConfigMap or the object that holds the bundle."""
        if self.in_aws:
            files = self.files()
            key = f"gateways/employees/{digest_of(files)}.json"
            props: dict[str, Any] = {"bucket": BUCKET, "key": key, "content": packed(files)}
            return _aws(OBJECT, {**props, **known(self.raw.get("props", {}))})
        provider = Provider(PROVIDER, KUBERNETES, "hamar", {"kubeconfig": KUBECONFIG} if self.raw.get("real") else {})
        urn = f"urn:pulumi:local::enclave::{CONFIG_MAP}::hamar-employees-bundle"
        files = self.files()
        metadata = {"name": f"employees-{digest_of(files)[:16]}"}
        props = {"metadata": metadata, "immutable": True, "data": files, **self.raw.get("props", {})}
        return Resource(urn, CONFIG_MAP, "hamar-employees-bundle", props, provider)

    def pods(self) -> Resource:
        """Return what runs the authorizer; ``command`` of a Deployment and ``settings`` of a host may say {digest}."""
        if self.in_aws:
            return _aws(TEMPLATE, {"imageId": "ami-0e5ba9f1f0c0ffee0", **known(self.user_data())})
        resource = self.resource()
        digest = digest_of(self.files())
        command = self.raw.get("command", ["enclave-gateway", "serve", "--digest={digest}"])
        words = [UNKNOWN if word == "{unknown}" else word.replace("{digest}", digest) for word in command]
        images = [UNKNOWN if image == "{unknown}" else image for image in self.raw.get("images", [IMAGE])]
        containers = [{"name": "authorizer", "image": images[0], "command": words}]
        containers += [{"name": f"beside-{number}", "image": image} for number, image in enumerate(images[1:])]
        spec = {"template": {"spec": {"containers": containers}}}
        urn = resource.urn.replace(CONFIG_MAP, DEPLOYMENT)
        return Resource(urn, DEPLOYMENT, "hamar-employees", {"spec": spec}, resource.provider)

    def user_data(self) -> dict[str, str]:
        """Return the user data of a host, in the form that the case names."""
        digest = digest_of(self.files())
        settings: dict[str, str | None] = {
            "ENCLAVE_GATEWAY": "employees",
            "ENCLAVE_IMAGE": IMAGE,
            "ENCLAVE_BUNDLE": f"https://s3.eu-west-1.amazonaws.com/{BUCKET}/gateways/employees/{digest}.json",
            "ENCLAVE_BUNDLE_DIGEST": digest,
            **self.raw.get("settings", {}),
        }
        lines = [f"{name}={value}" for name, value in settings.items() if value is not None]
        lines += self.raw.get("more", [])
        content = "".join(f"{line}\n" for line in lines).replace("{digest}", digest)
        file: dict[str, str] = {"path": "/etc/enclave/gateway.env", "content": content}
        form = self.raw.get("form", "json")
        if form == "encoded":
            file |= {"encoding": "b64", "content": base64.b64encode(content.encode()).decode()}
        text = f"#cloud-config\n{json.dumps({'write_files': [file]})}"
        if form == "script":
            text = "#!/bin/sh\n" + "".join(f"export {line}\n" for line in content.splitlines())
        data = gzip.compress(text.encode()) if form == "packed" else text.encode()
        return {"userData": base64.b64encode(data).decode()}

    def findings(self) -> tuple[Finding, ...]:
        """Return what the pack finds, where the tests' inspector has approved the bundle, or what the case says."""
        resources = [self.resource(), *([self.pods()] if self.raw.get("pods", True) else [])]
        with TemporaryDirectory() as folder:
            for changes in self.raw.get("approvals", [{}]):
                approve(Path(folder), self.files(), **changes)
            found = judge_stack(resources, inspected(law(), Path(folder)), RULES)
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


def _aws(type_: str, props: dict[str, Any]) -> Resource:
    provider = Provider(
        "urn:pulumi:local::enclave::pulumi:providers:aws::dublin", "aws", "dublin", {"region": "eu-west-1"}
    )
    return Resource(f"urn:pulumi:local::enclave::{type_}::dublin-employees", type_, "dublin-employees", props, provider)


def known(props: Mapping[str, Any]) -> dict[str, Any]:
    """Return inputs with those that say so not known yet."""
    return {name: UNKNOWN if value == "{unknown}" else value for name, value in props.items()}


@cache
def law() -> Law:
    return load_access_law(as_of=TODAY)


@cache
def cases() -> tuple[Case, ...]:
    """Return every case."""
    return tuple(Case(raw["case"], raw) for raw in load(Path(__file__).with_name("cases.yaml")).data)
