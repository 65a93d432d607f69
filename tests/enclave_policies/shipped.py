"""The shipped stacks as an engine would export them after an `up` in real clouds: ids made up, all else ours."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from enclave_policies.resources.resource import Provider

from components.clouds import Clouds, ClusterAccess, OrganizationAccess
from components.declaration import load_declaration
from tests.corpus_cases import SIGNATURE
from tests.enclave_policies.network.aws.own_stack import registered

if TYPE_CHECKING:
    from collections.abc import Mapping

    from enclave_policies.resources.resource import Resource

STACKS = Path(__file__).parents[2] / "stacks"
KUBECONFIG = """apiVersion: v1
kind: Config
current-context: hamar
contexts: [{name: hamar, context: {cluster: hamar, user: operator}}]
clusters: [{name: hamar, cluster: {server: "https://k8s.hamar.example:6443"}}]
users: [{name: operator, user: {token: secret-token}}]
"""
CLOUDS = Clouds(
    None,
    {"hamar": ClusterAccess("a" * 64, KUBECONFIG)},
    OrganizationAccess("111122223333", "eu-west-1", "r-abcd"),
)
MADE_UP = re.compile(r"arn:aws:(?P<module>\w+)/(?P<kind>\w+):\w+:(?P<name>[\w-]+)")
BUCKET_ID = re.compile(r"aws:s3/bucket:Bucket:([\w-]+)")
WITHOUT_REGION = ("iam", "organizations")


class Region(NamedTuple):
    """The region of a resource, and those of what else it may name."""

    own: str
    elsewhere: Mapping[str, str]


@lru_cache(maxsize=4)
def shipped(name: str, stack: str = "test") -> tuple[Resource, ...]:
    """Return the resources of one of the stacks in stacks/, by their URNs, as stack ``stack``."""
    made = registered(load_declaration(STACKS / f"{name}.yaml"), CLOUDS, whole=True, stack=stack)
    return tuple(map(exported, made))


def exported(resource: Resource, elsewhere: Mapping[str, str] | None = None) -> Resource:
    """Return a resource as a state has it; ``elsewhere``: what lies in another region than what names it, by name."""
    provider = resource.provider
    region = Region(provider.props.get("region", "") if provider else "", elsewhere or {})
    if provider:
        provider = Provider(provider.urn, provider.type, provider.name, _real(provider.props, region))
    props, outputs = _real(resource.props, region), _real(resource.outputs, region)
    return replace(resource, props=props, outputs=outputs, provider=provider)


def _real(value: Any, region: Region) -> Any:
    """Return a value with ARNs as AWS writes them, buckets called by their names, and secrets in the clear."""
    if isinstance(value, dict):
        if SIGNATURE in value:
            return _real(value["value"], region)
        return {key: _real(item, region) for key, item in value.items()}
    if isinstance(value, list):
        return [_real(item, region) for item in value]
    if not isinstance(value, str):
        return value
    return BUCKET_ID.sub(r"\1", MADE_UP.sub(lambda found: _arn(found, region), value))


def _arn(found: re.Match[str], region: Region) -> str:
    if found["module"] == "s3":
        return f"arn:aws:s3:::{found['name']}"
    where = "" if found["module"] in WITHOUT_REGION else region.elsewhere.get(found["name"], region.own)
    return f"arn:aws:{found['module']}:{where}:111122223333:{found['kind']}/{found['name']}"
