"""What has another shape than a network's readers expect is told by its path; what is absent or unknown has any."""

from __future__ import annotations

from typing import Any

import pytest
from enclave_policies.network.aws.shapes import malformed as malformed_in_aws
from enclave_policies.network.kubernetes.shapes import malformed as malformed_in_kubernetes
from enclave_policies.network.shapes import NETWORK, NUMBER, SCALAR, SWITCH, TEXT, Block, Each, Named, misshapen, one_of
from enclave_policies.resources.resource import UNKNOWN, Resource


@pytest.mark.parametrize(
    ("shape", "fitting", "other"),
    [
        (TEXT, ["", "a"], [1, True, [], {}]),
        (SCALAR, ["a", 1, 1.5, True], [[], {}]),
        (NUMBER, [1, 1.5], [True, "1", []]),
        (SWITCH, [True, False], ["true", 1]),
        (NETWORK, ["", "10.0.0.0/8", "10.0.0.1", "2001:db8::/32"], ["ten", 10, [], {}]),
        (one_of("TCP", "UDP"), ["TCP"], ["tcp", "SCTP", 6, []]),
        (one_of("allow", "deny", any_case=True), ["allow", "Deny"], ["perhaps", 1, []]),
        (Each(TEXT), [[], ["a"], ("a",)], ["a", {}]),
        (Each(TEXT, alone=True), [[], ["a"], "a"], [1]),
        (Named(TEXT), [{}, {"a": "b"}], ["a", []]),
        (Block({"a": TEXT}), [{}, {"a": "b"}, {"b": 1}], ["a", []]),
    ],
)
def test_a_value_has_its_shape_or_is_told(shape: Any, fitting: list[Any], other: list[Any]) -> None:
    assert [value for value in (*fitting, None, UNKNOWN) if list(misshapen(value, shape))] == []
    assert [value for value in other if list(misshapen(value, shape)) != [""]] == []


@pytest.mark.parametrize(
    ("value", "exactly", "loosely"),
    [("in", True, True), ("In", False, True), ("up", False, False), (["in"], False, False)],
)
def test_one_of_some_words_is_one_of_them(value: Any, exactly: bool, loosely: bool) -> None:
    found = [one_of("in", "out", any_case=loose) for loose in (False, True)]
    assert [not list(misshapen(value, shape)) for shape in found] == [exactly, loosely]


def test_paths_lead_to_what_is_misshapen() -> None:
    shape = Block({"a": Each(Block({"b": Named(TEXT)}), alone=True), "c": Each(TEXT, alone=True)})
    assert list(misshapen({"a": [{"b": {"x": 1, "y": "z"}}], "c": 5}, shape)) == ["a.0.b.x", "c"]
    assert list(misshapen({"a": {"b": {"x": 1}}, "c": [5, "d"]}, shape)) == ["a.b.x", "c.0"]


@pytest.mark.parametrize(
    ("type_", "props", "paths"),
    [
        ("core/v1:Namespace", {"metadata": {"labels": {"a": 1}}}, ["metadata.labels.a"]),
        ("core/v1:Pod", {"metadata": {"labels": ["a"]}}, ["metadata.labels"]),
        ("core/v1:Pod", {"spec": {"hostNetwork": "yes"}}, ["spec.hostNetwork"]),
        (
            "apps/v1:Deployment",
            {"spec": {"template": {"metadata": {"labels": 1}, "spec": {"containers": [{"ports": {}}]}}}},
            ["spec.template.metadata.labels", "spec.template.spec.containers.0.ports"],
        ),
        (
            "networking.k8s.io/v1:NetworkPolicy",
            {"spec": {"ingress": [{"from": [{"ipBlock": {"cidr": "ten"}}], "ports": [{"protocol": "tcp"}]}]}},
            ["spec.ingress.0.from.0.ipBlock.cidr", "spec.ingress.0.ports.0.protocol"],
        ),
        (
            "networking.k8s.io/v1:NetworkPolicy",
            {"spec": {"egress": [{"to": {"podSelector": {}}, "ports": [{"endPort": "x"}]}]}},
            ["spec.egress.0.to", "spec.egress.0.ports.0.endPort"],
        ),
        ("core/v1:Service", {"spec": {"selector": "web", "type": "ClusterIP"}}, ["spec.selector"]),
        ("core/v1:ConfigMap", {"metadata": {"labels": 1}}, []),
        ("core/v1:PodList", {"items": [{"spec": {"hostNetwork": 7}}]}, ["items.spec.hostNetwork"]),
        ("example.com/v1:Service", {"spec": {"selector": 7}}, []),
    ],
)
def test_what_decides_in_a_cluster_is_told(type_: str, props: dict[str, Any], paths: list[str]) -> None:
    kind = {"apiVersion": type_.partition(":")[0].removeprefix("core/"), "kind": type_.partition(":")[2]}
    token = f"kubernetes:{type_}"
    assert sorted(malformed_in_kubernetes(Resource("urn", token, "x", {**kind, **props}))) == sorted(paths)


@pytest.mark.parametrize(
    ("type_", "props", "paths"),
    [
        ("ec2/securityGroupRule:SecurityGroupRule", {"type": "Ingress", "fromPort": -1, "toPort": "-1"}, []),
        ("ec2/securityGroupRule:SecurityGroupRule", {"type": "in", "fromPort": "", "protocol": ""}, ["type"]),
        ("ec2/securityGroupRule:SecurityGroupRule", {"fromPort": "x", "toPort": 70000}, ["fromPort", "toPort"]),
        ("ec2/securityGroupRule:SecurityGroupRule", {"protocol": "thirteen", "fromPort": []}, ["protocol", "fromPort"]),
        ("ec2/securityGroupRule:SecurityGroupRule", {"protocol": "-1", "fromPort": 0, "toPort": "443"}, []),
        ("ec2/networkAcl:NetworkAcl", {"ingress": [{"action": "ALLOW"}, {"action": "maybe"}]}, ["ingress.1.action"]),
        ("ec2/networkAcl:NetworkAcl", {"ingress": {"cidrBlock": "ten"}}, ["ingress.cidrBlock"]),
        ("ec2/vpc:Vpc", {"cidrBlock": {"a": 1}}, ["cidrBlock"]),
        ("s3/bucket:Bucket", {"cidrBlock": {"a": 1}}, []),
    ],
)
def test_what_decides_in_aws_is_told(type_: str, props: dict[str, Any], paths: list[str]) -> None:
    assert sorted(malformed_in_aws(Resource("urn", f"aws:{type_}", "x", props))) == sorted(paths)
