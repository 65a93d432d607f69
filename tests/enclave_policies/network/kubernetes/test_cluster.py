"""What a cluster holds is gathered of a stack's objects, in whatever order, and told where it is not known."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from enclave_policies.network.kubernetes import KubernetesNetwork, cluster, policies
from enclave_policies.network.networks import ANYWHERE, AddressSet
from enclave_policies.resources.resource import Resource
from enclave_policies.resources.unknown import UNKNOWN

from tests.enclave_policies.network.kubernetes.objects import PREFIX, namespace, policy, provider, resource
from tests.enclave_policies.network.kubernetes.peer import together

if TYPE_CHECKING:
    from collections.abc import Sequence

    from enclave_policies.network.path import Microsegment

SPACE = namespace("a", {"enclave/site": "hamar", "enclave/segment": "app"})
CLOSED = policy("a", "closed", podSelector={}, policyTypes=["Ingress", "Egress"])
BOTH = ["Ingress", "Egress"]


def model(*resources: Resource) -> tuple[KubernetesNetwork, dict[str, Microsegment]]:
    network = KubernetesNetwork(resources)
    return network, {each.where.removeprefix("namespace "): each for each in network.zones()}


def told(*resources: Resource) -> list[str]:
    return [one.message for one in KubernetesNetwork(resources).undetermined()]


def custom(token: str, **body: Any) -> Resource:
    return Resource(f"{PREFIX}x::x", f"kubernetes:{token}", "x", {"metadata": {"name": "x"}, **body}, provider())


def patch(kind: str, name: str, where: str = "a", labels: dict[str, str] | None = None, **body: Any) -> Resource:
    metadata = {"name": name, "namespace": where, "labels": labels or {}}
    return resource(f"{kind}Patch", f"{name}-patch", {"metadata": metadata, **body})


def test_a_namespace_has_the_labels_that_it_is_made_with_and_those_of_its_patches_in_any_order() -> None:
    made = namespace("a", {"enclave/site": "bergen"})
    labelled = resource("NamespacePatch", "p", {"metadata": {"name": "a", "labels": {"enclave/segment": "store"}}})
    for resources in ([made, labelled], [labelled, made]):
        _, zones = model(*resources)
        assert (zones["a"].site, zones["a"].segment) == ("bergen", "store")


def test_pods_of_a_namespace_without_a_site_are_of_the_only_one_that_there_is() -> None:
    _, zones = model(SPACE, namespace("b"))
    assert zones["b"].site == "hamar"
    _, zones = model(namespace("b"), namespace("c", {"enclave/site": "bergen"}), SPACE)
    assert [zones[name].site for name in "abc"] == ["hamar", "hamar", "bergen"]
    _, zones = model(replace(namespace("b"), provider=provider("oslo")))
    assert zones["b"].site == "oslo"


def test_a_namespace_that_this_stack_does_not_make_may_have_any_labels() -> None:
    """So whoever its labels would let in may be in it, but for those that this enclave alone gives."""
    peers = [{"namespaceSelector": {"matchLabels": {"team": "x"}}}]
    lets_in = policy("a", "in", podSelector={}, ingress=[{"from": peers}])
    network, zones = model(
        SPACE, CLOSED, lets_in, namespace("b"), policy("other", "x", podSelector={"matchLabels": {}})
    )
    met = {name for name in ("a", "b", "default", "kube-system", "other") if network.between(zones[name], zones["a"])}
    assert met == {"default", "kube-system", "other"}
    own = policy(
        "a",
        "in",
        podSelector={},
        ingress=[{"from": [{"namespaceSelector": {"matchLabels": {"enclave/segment": "b"}}}]}],
    )
    network, zones = model(SPACE, CLOSED, own)
    assert network.between(zones["default"], zones["a"]) == []


def test_providers_of_the_same_connection_are_of_one_cluster_however_it_is_written() -> None:
    one, other = {"server": "x", "user": {"b": 1, "a": 2}}, {"user": {"a": 2, "b": 1}, "server": "x"}
    parts = [
        replace(made, provider=provider(name, kubeconfig=told))
        for name, made, told in (("one", SPACE, one), ("two", CLOSED, other))
    ]
    network = KubernetesNetwork(parts)
    (zone,) = [each for each in network.zones() if each.where == "namespace a"]
    assert network.from_outside(ANYWHERE, zone) == []


def test_what_patches_change_of_an_object_of_the_stack_counts_as_its_own() -> None:
    ports = [{"name": "http", "containerPort": 8080}, {"name": "debug", "containerPort": 6060.0}]
    template = {"metadata": {"labels": {"app": "w"}}, "spec": {"containers": [{"name": "c", "ports": ports}]}}
    body = {"metadata": {"name": "w", "namespace": "a"}, "spec": {"template": template}}
    opened = [{"name": "c", "ports": [{"containerPort": 6060, "hostPort": 6060}]}, {"name": "d", "image": "x"}]
    network, zones = model(
        SPACE,
        CLOSED,
        resource("Deployment", "w", body),
        patch("Deployment", "w", spec={"template": {"spec": {"containers": opened}}}),
        patch("NetworkPolicy", "closed", spec={"ingress": [{"ports": [{"port": "http"}]}]}),
    )
    assert network.undetermined() == ()
    target = zones["a, pods app=w"]
    assert [str(one.ports) for one in network.openings()] == ["tcp 6060"]
    assert str(together(network.from_outside(ANYWHERE, target))) == "tcp 6060, 8080"
    assert network.to_outside(target, ANYWHERE) == []


MADE_ELSEWHERE = "changes an object that is made elsewhere"
PATCHES: dict[str, tuple[Sequence[Resource], Sequence[str]]] = {
    "of another's policy": ([CLOSED, patch("NetworkPolicy", "x", spec={})], [f"NetworkPolicy x {MADE_ELSEWHERE}"]),
    "of the same name in another namespace": (
        [CLOSED, patch("NetworkPolicy", "closed", "b", spec={})],
        [f"NetworkPolicy closed {MADE_ELSEWHERE}"],
    ),
    "of an object whose name is not known": (
        [CLOSED, patch("NetworkPolicy", UNKNOWN, spec={})],  # type: ignore[arg-type]
        [f"a NetworkPolicy {MADE_ELSEWHERE}"],
    ),
    "of labels alone": ([CLOSED, patch("NetworkPolicy", "x", labels={"a": "b"}), patch("Service", "x")], []),
    "of another's Service": ([patch("Service", "x", spec={})], [f"Service x {MADE_ELSEWHERE}"]),
}


@pytest.mark.parametrize("case", PATCHES)
def test_a_patch_of_another_s_object_is_told_if_it_decides_anything(case: str) -> None:
    resources, expected = PATCHES[case]
    assert told(SPACE, *resources) == expected


def test_a_policy_whose_namespace_is_not_known_may_bind_any_pod_and_closes_none() -> None:
    anywhere = policy("a", "some", podSelector={}, policyTypes=BOTH)
    body = {**anywhere.props, "metadata": {"name": "some", "namespace": UNKNOWN}}
    network, zones = model(SPACE, replace(anywhere, props=body))
    (hop,) = network.from_outside(AddressSet.of("10.0.0.0/8"), zones["a"])
    assert hop.because == ("no NetworkPolicy closes the ways into namespace a for sure (perhaps NetworkPolicy ?/some)",)


def test_a_pod_whose_labels_are_not_known_may_be_any_of_its_namespace() -> None:
    body = {"metadata": {"name": "w", "namespace": "a", "labels": {"app": UNKNOWN}}, "spec": {}}
    one = policy("a", "one", podSelector={"matchLabels": {"app": "db"}})
    network, zones = model(SPACE, resource("Pod", "w", body), one)
    (hop,) = network.from_outside(AddressSet.of("10.0.0.0/8"), zones["a, pods app=?"])
    assert "(perhaps NetworkPolicy a/one)" in hop.because[0]
    network, zones = model(SPACE, resource("Pod", "w", body))
    assert network.from_outside(AddressSet.of("10.0.0.0/8"), zones["a, pods app=?"])


def test_an_object_that_breaks_what_reads_it_is_told_by_its_own_name(monkeypatch: pytest.MonkeyPatch) -> None:
    actual = policies.read_policy

    def breaks(found: Any, *given: Any) -> Any:
        if found.body.get("spec") is UNKNOWN:
            return actual(found, *given)
        raise TypeError("unhashable")

    monkeypatch.setattr(cluster, "read_policy", breaks)
    network = KubernetesNetwork([SPACE, CLOSED])
    assert [(one.message, one.urn, one.broken) for one in network.undetermined()] == [
        ("NetworkPolicy closed cannot be read (TypeError)", CLOSED.urn, True),
        ("NetworkPolicy a/closed: its spec is not known", CLOSED.urn, False),
    ]


@pytest.mark.parametrize(
    ("made", "message"),
    [
        (custom("helm.sh/v3:Release", values={}), "a Release is a chart, whose objects no judge sees beforehand"),
        (custom("example.com/v1:Release"), None),
        (custom("example.com/v1:Ledger"), None),
        (custom("example.com/v1:EdgeFirewall"), "EdgeFirewall x is named like a policy of the network"),
        (
            custom("k8s.cni.cncf.io/v1:MultiNetworkPolicy"),
            "MultiNetworkPolicy x makes a network that NetworkPolicies do not bind",
        ),
        (
            custom("apps/v1:Deployment", spec={"template": {"metadata": {"annotations": {}}, "spec": {}}}),
            None,
        ),
        (
            custom(
                "apps/v1:Deployment",
                spec={"template": {"metadata": {"annotations": {"k8s.v1.cni.cncf.io/networks": "lan"}}, "spec": {}}},
            ),
            "Deployment x has pods that join further networks by an annotation",
        ),
    ],
)
def test_a_kind_is_told_for_what_it_does_and_only_then(made: Resource, message: str | None) -> None:
    assert told(SPACE, made) == ([] if message is None else [message])


def test_a_cluster_that_keeps_no_patches_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The seeded bug of this family."""
    monkeypatch.setattr(cluster, "patched", lambda made: [one for one in made if not one.found.patch])
    with pytest.raises((AssertionError, KeyError)):
        test_what_patches_change_of_an_object_of_the_stack_counts_as_its_own()
