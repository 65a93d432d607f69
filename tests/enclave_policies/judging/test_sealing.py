"""What an export holds sealed never looks better than in the clear: tried on every value of the shipped stacks."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import pytest
from enclave_policies.judging.judge import judge_in_stack, judge_reading, try_read
from enclave_policies.judging.packs import PACKS
from enclave_policies.law.folder.custody import load_custody_law
from enclave_policies.reading.stack import Stack
from enclave_policies.resources.export import export_of
from enclave_policies.resources.unknown import UNKNOWN
from enclave_policies.rules.jurisdiction import unknown_place

from tests.enclave_policies import exports
from tests.enclave_policies.segmentation.breaking import changed
from tests.enclave_policies.segmentation.test_breaks import BOOK, judged
from tests.enclave_policies.segmentation.test_breaks import shipped as in_mode
from tests.enclave_policies.shipped import shipped

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from enclave_policies.reading.reading import Reading
    from enclave_policies.resources.resource import Resource

LAW = load_custody_law()
RULES = (*PACKS["jurisdiction"].rules, *PACKS["key-custody"].rules)
RECORDED = ("arn", "id", "region", "availabilityZone", "ownerId")
ABROAD = (
    *("us-east-1", "us-east-1a", "https://collect.example.net/x", "collect.example.net", "999988887777"),
    *("arn:aws:sns:us-east-1:111122223333:x", "arn:aws:s3:::somebody-elses-bucket", "203.0.113.7/32", "0.0.0.0/0"),
    "docker.io/library/x:1",
)
"""Values that some input must not have."""
PROJECTED = "spec.template.spec.volumes.projected.sources.serviceAccountToken"
IN_A_JOB = "spec.jobTemplate.spec.template.spec.volumes"
ENUMERATED = {
    ("aws:kms/key:Key", "keyUsage"): "what a key is for, one of AWS's words",
    ("aws:lb/loadBalancer:LoadBalancer", "loadBalancerType"): "one of AWS's words",
    ("aws:ec2/launchTemplate:LaunchTemplate", "metadataOptions.httpTokens"): "whether tokens are asked for",
    ("aws:ec2/vpnConnection:VpnConnection", "presharedKeyStorage"): "one of AWS's words",
    ("aws:s3/bucketObjectv2:BucketObjectv2", "key"): "a name within the bucket",
    ("kubernetes:apps/v1:Deployment", "spec.template.spec.topologySpreadConstraints.topologyKey"): "a label's name",
    ("kubernetes:apps/v1:Deployment", "spec.template.spec.topologySpreadConstraints.matchLabelKeys"): "labels' names",
    ("kubernetes:apps/v1:StatefulSet", "spec.template.spec.topologySpreadConstraints.topologyKey"): "a label's name",
    ("kubernetes:apps/v1:StatefulSet", "spec.template.spec.topologySpreadConstraints.matchLabelKeys"): "labels' names",
    ("kubernetes:apps/v1:StatefulSet", "spec.template.spec.volumes.secret.secretName"): "a name within the namespace",
    (
        "kubernetes:apps/v1:StatefulSet",
        f"{PROJECTED}.audience",
    ): "whom a token is for; ACC-013 refuses what it cannot read",
    ("kubernetes:apps/v1:StatefulSet", f"{PROJECTED}.path"): "a file's name; ACC-013 refuses what it cannot read",
    ("kubernetes:batch/v1:CronJob", f"{IN_A_JOB}.secret.secretName"): "a name within the namespace",
    (
        "kubernetes:batch/v1:CronJob",
        f"{IN_A_JOB}.projected.sources.serviceAccountToken.audience",
    ): "whom a token is for; ACC-013 refuses what it cannot read",
    (
        "kubernetes:batch/v1:CronJob",
        f"{IN_A_JOB}.projected.sources.serviceAccountToken.path",
    ): "a file's name; ACC-013 refuses what it cannot read",
}
"""Inputs that name no place whatever they say, and that no claim reads."""
Path = tuple[Any, ...]
Field = Literal["props", "outputs"]


class Leaf(NamedTuple):
    """One value of a resource's inputs or outputs."""

    resource: Resource
    field: Field
    path: Path
    value: Any

    def having(self, value: Any, *, sealed: bool = False) -> Resource:
        """Return the resource with another value here."""
        content = _put(getattr(self.resource, self.field), self.path, value)
        return replace(self.resource, sealed=sealed, **{self.field: content})

    @property
    def name(self) -> str:
        """The value's path without list indices."""
        return ".".join(str(part) for part in self.path if not isinstance(part, int))


def leaves(resource: Resource) -> Iterator[Leaf]:
    """Yield the inputs of a resource, and the outputs that record them or say where it is."""
    yield from (Leaf(resource, "props", path, value) for path, value in _below(resource.props, ()))
    for path, value in _below(resource.outputs, ()):
        if path[0] in RECORDED or path[0] in resource.props:
            yield Leaf(resource, "outputs", path, value)


def alike(resources: Sequence[Resource]) -> list[Leaf]:
    """Return one value of each input of each type, as resources of a type are made alike."""
    found: dict[tuple[str, str, str], Leaf] = {}
    for resource in resources:
        for leaf in leaves(resource):
            found.setdefault((resource.type, leaf.field, leaf.name), leaf)
    return list(found.values())


def _below(value: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _below(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _below(item, (*path, index))
    elif value is not None:
        yield path, value


def _put(content: Any, path: Path, value: Any) -> Any:
    if not path:
        return value
    copy = dict(content) if isinstance(content, dict) else list(content)
    copy[path[0]] = _put(content[path[0]], path[1:], value)
    return copy


@lru_cache(maxsize=4)
def readings(name: str) -> dict[str, Reading]:
    return {each.urn: try_read(each, LAW) for each in shipped(name)}


def is_refused(resource: Resource, name: str, *, in_stack: bool = True) -> bool:
    """Return whether a resource is refused in one of the shipped stacks; most rules need only the resource itself."""
    reading = try_read(resource, LAW)
    if any(finding.refuses for finding in judge_reading(reading, RULES)):
        return True
    stack = Stack({**readings(name), resource.urn: reading}.values())
    return in_stack and any(finding.refuses for finding in judge_in_stack(reading, stack, RULES))


def worse(leaf: Leaf, name: str) -> Any:
    """Return a value for which the resource would be refused, None for none."""
    if isinstance(leaf.value, bool):
        return (not leaf.value) if is_refused(leaf.having(not leaf.value), name) else None
    values = ABROAD if isinstance(leaf.value, str) else ()
    return next((value for value in values if is_refused(leaf.having(value), name, in_stack=False)), None)


def hidden(name: str) -> dict[tuple[str, str], Any]:
    """Return the inputs that pass when they are sealed, and are refused when they say something else in the clear."""
    passing = [leaf for leaf in alike(shipped(name)) if not is_refused(leaf.having(UNKNOWN, sealed=True), name)]
    found = {(leaf.resource.type, leaf.name): worse(leaf, name) for leaf in passing if leaf.field == "props"}
    return {key: value for key, value in found.items() if value is not None}


def test_no_sealed_value_passes_that_would_be_refused_in_the_clear() -> None:
    assert not any(is_refused(each, "local") for each in shipped("local"))
    assert len(alike(shipped("local"))) > 1000
    assert set(hidden("local")) == set(ENUMERATED)


def test_no_record_of_a_place_passes_when_it_is_sealed() -> None:
    records = [leaf for leaf in alike(shipped("local")) if leaf.field == "outputs" and leaf.name in RECORDED]
    records = [leaf for leaf in records if leaf.resource.type.startswith("aws:")]
    assert len(records) > 50
    assert [leaf for leaf in records if not is_refused(leaf.having(UNKNOWN, sealed=True), "local")] == []


def test_what_is_refused_stays_refused_whatever_of_it_is_sealed() -> None:
    refused = [each for each in shipped("rejected") if is_refused(each, "rejected")]
    assert len(refused) > 100
    greener = [leaf for leaf in alike(refused) if not is_refused(leaf.having(UNKNOWN, sealed=True), "rejected")]
    assert [(leaf.resource.name, leaf.field, leaf.name) for leaf in greener] == []


@pytest.mark.parametrize("change", BOOK.breaks[::6], ids=lambda change: change.id)
def test_an_opened_way_stays_refused_whatever_of_it_is_sealed(change: Any) -> None:
    before = {each.urn: each for each in in_mode("state")}
    after = changed(in_mode("state"), change, BOOK.types, planned=False)
    new = [leaf for each in after if each is not before.get(each.urn) for leaf in leaves(each) if leaf.field == "props"]
    news = [leaf for leaf in new if leaf.resource.urn not in before or _differs(leaf, before[leaf.resource.urn])]
    for leaf in news:
        sealed = leaf.having(UNKNOWN, sealed=True)
        if not any(finding.refuses for finding in judge_reading(try_read(sealed, LAW), RULES)):
            stack = [sealed if each is leaf.resource else each for each in after]
            assert any(finding.refuses for finding in judged(stack, "state")), leaf.name


def _differs(leaf: Leaf, before: Resource) -> bool:
    return (leaf.path, leaf.value) not in list(_below(before.props, ()))


def test_nothing_beside_a_sealed_kubeconfig_vouches_for_it() -> None:
    """Whoever seals the kubeconfig writes what stands beside it, too (ADR 25)."""
    provider = next(each for each in shipped("local") if each.type == "pulumi:providers:kubernetes")
    cluster = next(each for each in LAW.clusters if LAW.approves(each.country))
    told = {"clusterIdentifier": cluster.ca_sha256 or "a" * 64, "server": cluster.server, "cluster": cluster.name}
    sealed = replace(provider, props={**provider.props, **told, "kubeconfig": UNKNOWN}, sealed=True)
    assert is_refused(sealed, "local")
    objects = [each for each in shipped("local") if each.provider and each.provider.urn == provider.urn]
    assert len(objects) > 90
    for each in objects[::20]:
        assert is_refused(replace(each, provider=sealed.as_provider, sealed=True), "local", in_stack=False)


def test_a_value_that_the_engine_sealed_is_told_so() -> None:
    """A real export: ciphertext in the place of a URL, then in the place of a password."""
    function = "aws:lambda/function:Function"
    for name, refused in (("COLLECTOR_URL", True), ("TOKEN_URL", True), ("DB_PASSWORD", False)):
        inputs = {"region": "eu-west-1", "environment": {"variables": {name: exports.ENCRYPTED}}}
        state = json.dumps(exports.export(exports.bucket(inputs=inputs, type_=function)))
        resource = export_of(state.encode(), "export.json").resources[-1]
        found = [each.rule for each in judge_reading(try_read(resource, LAW), PACKS["jurisdiction"].rules)]
        assert (found == ["JUR-008"], found == []) == (refused, not refused), name


def test_a_judge_that_takes_what_is_sealed_for_nothing_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The seeded bug of this family."""
    monkeypatch.setattr(unknown_place, "_sealed", lambda _reading: ())
    assert len(hidden("local")) > len(ENUMERATED) + 10
