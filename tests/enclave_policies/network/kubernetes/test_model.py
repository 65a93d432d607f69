"""Pods, namespaces, clusters and openings are read as the cluster would, and what is not known counts as open."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from enclave_policies.network.kubernetes import KubernetesNetwork
from enclave_policies.network.kubernetes import ways as ways_module
from enclave_policies.network.networks import ANYWHERE, AddressSet
from enclave_policies.resources.unknown import UNKNOWN

from tests.enclave_policies.network.kubernetes.objects import namespace, pod, policy, provider, resource
from tests.enclave_policies.network.kubernetes.peer import together

if TYPE_CHECKING:
    from enclave_policies.network.path import Microsegment
    from enclave_policies.resources.resource import Resource

CLOSED = policy("a", "closed", podSelector={}, policyTypes=["Ingress", "Egress"])
SPACE = namespace("a", {"enclave/site": "hamar", "enclave/segment": "app"})
HTTP = [{"name": "c", "ports": [{"name": "http", "containerPort": 8080}]}]


def zone(network: KubernetesNetwork, where: str) -> Microsegment:
    return next(each for each in network.zones() if each.where == where)


def wheres(network: KubernetesNetwork) -> set[str]:
    return {each.where for each in network.zones() if "kube-system" not in each.where and "default" not in each.where}


def told(*resources: Resource) -> list[str]:
    return [one.message for one in KubernetesNetwork(resources).undetermined()]


def template(kind: str, labels: dict[str, Any], **spec: Any) -> Resource:
    inside: dict[str, Any] = {"template": {"metadata": {"labels": labels}, "spec": spec}}
    if kind == "CronJob":
        inside = {"jobTemplate": {"spec": inside}}
    return resource(kind, "w", {"metadata": {"name": "w", "namespace": "a"}, "spec": inside})


@pytest.mark.parametrize("kind", ["Deployment", "CronJob"])
def test_pods_have_their_templates_labels(kind: str) -> None:
    network = KubernetesNetwork([SPACE, template(kind, {"app": "w", "enclave/segment": "app"})])
    assert wheres(network) == {"namespace a", "namespace a, pods app=w"}


def test_a_namespace_tells_site_and_segment() -> None:
    network = KubernetesNetwork([SPACE, namespace("other", {})])
    assert {(each.site, each.segment, each.where) for each in network.zones()} == {
        ("hamar", "app", "namespace a"),
        ("hamar", None, "namespace other"),
        ("hamar", None, "namespace default"),
        ("hamar", None, "namespace kube-system"),
    }


def test_pods_with_every_label_that_a_policy_asks_for_are_imagined() -> None:
    lets_in = policy(
        "a",
        "some",
        podSelector={"matchLabels": {"app": "web"}},
        ingress=[
            {"from": [{"podSelector": {"matchExpressions": [{"key": "role", "operator": "In", "values": ["x", "y"]}]}}]}
        ],
    )
    network = KubernetesNetwork([SPACE, CLOSED, lets_in])
    assert wheres(network) == {
        "namespace a",
        "namespace a, pods app=web",
        "namespace a, pods role=x",
        "namespace a, pods role=y",
        "namespace a, pods app=web, role=x",
        "namespace a, pods app=web, role=y",
    }


def test_whoever_could_take_a_label_is_found_though_no_pod_has_it() -> None:
    lets_in = policy(
        "a",
        "in",
        podSelector={"matchLabels": {"app": "db"}},
        ingress=[{"from": [{"podSelector": {"matchLabels": {"role": "x"}}}]}],
    )
    lets_out = policy("a", "out", podSelector={"matchLabels": {"app": "web"}}, policyTypes=["Egress"], egress=[{}])
    network = KubernetesNetwork([SPACE, CLOSED, lets_in, lets_out])
    source, target = zone(network, "namespace a, pods app=web, role=x"), zone(network, "namespace a, pods app=db")
    assert [hop.because for hop in network.between(source, target)] == [
        ("NetworkPolicy a/out, egress rule 1", "NetworkPolicy a/in, ingress rule 1")
    ]


def test_a_port_name_may_mean_any_port_where_no_pod_is_made() -> None:
    lets_in = policy("a", "in", podSelector={}, ingress=[{"ports": [{"port": "http"}]}])
    network = KubernetesNetwork([SPACE, lets_in, pod("a", "w", {"app": "w"}, containers=HTTP)])
    outside = AddressSet.of("10.0.0.0/8")
    assert str(together(network.from_outside(outside, zone(network, "namespace a")))) == "tcp"
    assert str(together(network.from_outside(outside, zone(network, "namespace a, pods app=w")))) == "tcp 8080"


def test_policies_do_not_bind_the_host_network() -> None:
    network = KubernetesNetwork([SPACE, CLOSED, pod("a", "w", {"app": "w"}, hostNetwork=True)])
    host, bound = zone(network, "namespace a, pods app=w, host network"), zone(network, "namespace a")
    for source, target in ((host, bound), (bound, host)):
        assert str(together(network.between(source, target))) == "everything"
    assert str(together(network.from_outside(ANYWHERE, host))) == "everything"
    assert str(together(network.to_outside(host, ANYWHERE))) == "everything"
    assert network.from_outside(ANYWHERE, bound) == []


@pytest.mark.parametrize(
    ("spec", "ports"),
    [
        ({"type": "NodePort"}, "tcp 8080; udp 53"),
        ({"type": "LoadBalancer", "loadBalancerSourceRanges": ["10.0.0.0/8"]}, "tcp 8080; udp 53"),
        ({"externalIPs": ["203.0.113.1"]}, "tcp 8080; udp 53"),
        ({"type": UNKNOWN}, "tcp 8080; udp 53"),
        ({"type": "ClusterIP"}, "nothing"),
        ({}, "nothing"),
        ({"type": "ExternalName", "externalName": "elsewhere.example"}, "nothing"),
        ({"type": "NodePort", "selector": {"app": "other"}}, "nothing"),
    ],
)
def test_services_open_their_pods_whatever_policies_say(spec: dict[str, Any], ports: str) -> None:
    body = {
        "metadata": {"name": "s", "namespace": "a"},
        "spec": {
            "selector": {"app": "w"},
            "ports": [{"port": 80, "targetPort": "http"}, {"port": 53, "protocol": "UDP"}],
            **spec,
        },
    }
    made = pod("a", "w", {"app": "w"}, containers=HTTP)
    network = KubernetesNetwork([SPACE, CLOSED, made, resource("Service", "s", body)])
    target = zone(network, "namespace a, pods app=w")
    assert str(together(network.from_outside(ANYWHERE, target))) == ports
    assert network.from_outside(ANYWHERE, zone(network, "namespace a")) == []


def test_a_host_port_opens_its_pod() -> None:
    ports = [{"containerPort": 8443, "hostPort": 443}, {"containerPort": 9100}]
    network = KubernetesNetwork(
        [SPACE, CLOSED, pod("a", "w", {"app": "w"}, containers=[{"name": "c", "ports": ports}])]
    )
    (opening,) = network.openings()
    assert (opening.zone.where, str(opening.ports)) == ("namespace a, pods app=w", "tcp 8443")


def test_two_providers_of_one_cluster_are_one_cluster() -> None:
    mine, other = provider("one", kubeconfig="{}"), provider("two", kubeconfig="{}")
    parts = [replace(SPACE, provider=mine), replace(CLOSED, provider=other)]
    network = KubernetesNetwork(parts)
    assert network.from_outside(ANYWHERE, zone(network, "namespace a")) == []
    apart = KubernetesNetwork(
        [replace(SPACE, provider=mine), replace(CLOSED, provider=provider("two", kubeconfig="x"))]
    )
    assert any(apart.from_outside(ANYWHERE, each) for each in apart.zones() if each.where == "namespace a")


def test_pods_of_two_clusters_are_outside_for_one_another() -> None:
    parts = [replace(namespace(name, {"enclave/site": name}), provider=provider(name)) for name in ("one", "two")]
    network = KubernetesNetwork(parts)
    one, two = zone(network, "namespace one"), zone(network, "namespace two")
    assert network.between(one, two) == []
    assert network.blocked(one, two) == ("they are in different clusters",)


def test_an_objects_namespace_is_its_own_the_providers_or_the_one_that_it_depends_on() -> None:
    spec = {"metadata": {"name": "closed"}, "spec": {"podSelector": {}}}
    outside = AddressSet.of("10.0.0.0/8")
    for made in (
        resource("NetworkPolicy", "p", spec, provider=provider(namespace="a")),
        resource(
            "NetworkPolicy", "p", {**spec, "metadata": {"namespace": UNKNOWN}}, depends={"metadata": (SPACE.urn,)}
        ),
    ):
        network = KubernetesNetwork([replace(SPACE, provider=made.provider), made])
        assert network.undetermined() == ()
        assert network.from_outside(outside, zone(network, "namespace a")) == []
    network = KubernetesNetwork([SPACE, resource("NetworkPolicy", "p", spec)])
    assert network.from_outside(outside, zone(network, "namespace default")) == []
    assert network.from_outside(outside, zone(network, "namespace a"))


def test_a_list_holds_what_its_items_are() -> None:
    items = {"items": [{"kind": "NetworkPolicy", "apiVersion": "networking.k8s.io/v1", **CLOSED.props}]}
    network = KubernetesNetwork([SPACE, resource("NetworkPolicyList", "l", items)])
    assert network.from_outside(ANYWHERE, zone(network, "namespace a")) == []


def test_a_patch_labels_a_namespace_but_closes_nothing() -> None:
    patch = resource("NamespacePatch", "n", {"metadata": {"name": "a", "labels": {"enclave/segment": "store"}}})
    network = KubernetesNetwork([namespace("a"), patch, resource("NetworkPolicyPatch", "p", dict(CLOSED.props))])
    assert zone(network, "namespace a").segment == "store"
    assert network.from_outside(ANYWHERE, zone(network, "namespace a"))
    assert [one.message for one in network.undetermined()] == [
        "NetworkPolicy closed changes an object that is made elsewhere"
    ]


def test_blocks_mean_pods_wherever_nobody_told_what_addresses_those_have() -> None:
    lets_in = policy("a", "in", podSelector={}, ingress=[{"from": [{"ipBlock": {"cidr": "10.200.0.0/16"}}]}])
    resources = [SPACE, lets_in]
    open_to_all = KubernetesNetwork(resources)
    told_apart = KubernetesNetwork(resources, {"hamar/app": AddressSet.of("10.32.0.0/20")})
    within = KubernetesNetwork(resources, {"hamar/app": AddressSet.of("10.200.1.0/24")})
    for network, passes in ((open_to_all, True), (told_apart, False), (within, True)):
        for source in ("namespace a", "namespace default"):
            assert bool(network.between(zone(network, source), zone(network, "namespace a"))) is passes
    (hop,) = open_to_all.between(zone(open_to_all, "namespace a"), zone(open_to_all, "namespace a"))
    assert hop.because[1] == "NetworkPolicy a/in, ingress rule 1 (if it names namespace a)"


PORT = "has a port that is not known, or a range that is reversed or has no beginning"
UNKNOWNS: dict[str, tuple[dict[str, Any], str]] = {
    "a spec": ({"spec": UNKNOWN}, "NetworkPolicy p: its spec is not known"),
    "a pod selector": ({"podSelector": UNKNOWN}, "NetworkPolicy a/p: its podSelector is not known"),
    "types": ({"podSelector": {}, "policyTypes": [UNKNOWN]}, "NetworkPolicy a/p: its policyTypes are not known"),
    "rules": ({"podSelector": {}, "ingress": UNKNOWN}, "NetworkPolicy a/p: its ingress rule 1 is not known"),
    "a peer": (
        {"podSelector": {}, "ingress": [{"from": [UNKNOWN]}]},
        "NetworkPolicy a/p: its ingress rule 1 has a peer that is not known",
    ),
    "an empty peer": (
        {"podSelector": {}, "ingress": [{"from": [{}]}]},
        "NetworkPolicy a/p: its ingress rule 1 has a peer that is not known",
    ),
    "a block with selectors": (
        {"podSelector": {}, "ingress": [{"from": [{"ipBlock": {"cidr": "10.0.0.0/8"}, "podSelector": {}}]}]},
        "NetworkPolicy a/p: its ingress rule 1 has a peer that is not known",
    ),
    "a block": (
        {"podSelector": {}, "ingress": [{"from": [{"ipBlock": {"cidr": UNKNOWN}}]}]},
        "NetworkPolicy a/p: its ingress rule 1 has a block of addresses that is not known",
    ),
    "a block that is none": (
        {"podSelector": {}, "ingress": [{"from": [{"ipBlock": {"cidr": "10.0.0.0/33"}}]}]},
        "NetworkPolicy a/p: its ingress rule 1: '10.0.0.0/33' does not appear to be an IPv4 or IPv6 network",
    ),
    "an exception": (
        {"podSelector": {}, "ingress": [{"from": [{"ipBlock": {"cidr": "0.0.0.0/0", "except": [UNKNOWN]}}]}]},
        "NetworkPolicy a/p: its ingress rule 1 has an exception that is not known",
    ),
    "a protocol": (
        {"podSelector": {}, "ingress": [{"ports": [{"protocol": UNKNOWN}]}]},
        "NetworkPolicy a/p: its ingress rule 1 has a protocol that is not known",
    ),
    "a reversed range": (
        {"podSelector": {}, "ingress": [{"ports": [{"port": 90, "endPort": 80}]}]},
        f"NetworkPolicy a/p: its ingress rule 1 {PORT}",
    ),
    "a range without a beginning": (
        {"podSelector": {}, "ingress": [{"ports": [{"endPort": 80}]}]},
        f"NetworkPolicy a/p: its ingress rule 1 {PORT}",
    ),
}


@pytest.mark.parametrize("case", UNKNOWNS)
def test_what_a_policy_does_not_say_yet_is_open_and_told(case: str) -> None:
    spec, message = UNKNOWNS[case]
    made = policy("a", "p", **spec)
    if spec == {"spec": UNKNOWN}:
        made, message = (
            replace(made, props={**made.props, **spec}),
            message.replace("NetworkPolicy p", "NetworkPolicy a/p"),
        )
    network = KubernetesNetwork([SPACE, made])
    assert network.from_outside(AddressSet.of("203.0.113.0/24"), zone(network, "namespace a"))
    assert [one.message for one in network.undetermined()] == [message]
    assert [(one.urn, str(one)) for one in network.undetermined()] == [(made.urn, f"{message} (resource a-p)")]


def test_what_cannot_be_read_of_other_objects_is_told() -> None:
    unnamed = {"metadata": {"name": "p", "namespace": UNKNOWN}, "spec": {"podSelector": {}}}
    assert told(SPACE, resource("NetworkPolicy", "p", unnamed)) == ["NetworkPolicy p has a namespace that is not known"]
    assert told(resource("Namespace", "n", {"metadata": {"name": UNKNOWN}})) == [
        "a Namespace has a name that is not known"
    ]
    assert told(resource("Namespace", "n", {"metadata": {"name": "n", "labels": UNKNOWN}})) == [
        "Namespace n has labels that are not known"
    ]
    somewhere = {"metadata": {"name": "w", "namespace": UNKNOWN}, "spec": {"hostNetwork": True}}
    network = KubernetesNetwork([SPACE, CLOSED, resource("Pod", "w", somewhere)])
    assert wheres(network) == {"namespace a", "namespace a, host network"}


@pytest.mark.parametrize(
    ("type_", "message"),
    [
        ("cilium.io/v2:CiliumNetworkPolicy", "is a policy of a network plugin"),
        ("crd.projectcalico.org/v1:GlobalNetworkPolicy", "is a policy of a network plugin"),
        ("policy.networking.k8s.io/v1alpha1:AdminNetworkPolicy", "is a policy of a network plugin"),
        ("traefik.io/v1alpha1:IngressRoute", "makes a proxy pass on what reaches it"),
        ("gateway.networking.x-k8s.io/v1alpha1:XListenerSet", "makes a proxy pass on what reaches it"),
        ("networking.istio.io/v1alpha3:EnvoyFilter", "makes a proxy pass on what reaches it"),
        ("k8s.nginx.org/v1:VirtualServer", "makes a proxy pass on what reaches it"),
        ("k8s.cni.cncf.io/v1:NetworkAttachmentDefinition", "makes a network that NetworkPolicies do not bind"),
        ("discovery.k8s.io/v1:EndpointSlice", "leads a Service to addresses"),
        ("example.com/v1:TeamNetworkPolicy", "is named like a policy of the network"),
        ("helm.sh/v3:Release", "is a chart"),
        ("argoproj.io/v1alpha1:Application", "makes objects that no judge sees beforehand"),
    ],
)
def test_kinds_that_the_model_does_not_read_are_told(type_: str, message: str) -> None:
    made = replace(SPACE, type=f"kubernetes:{type_}", urn="urn:x", props={"metadata": {"name": "x"}, "spec": {}})
    (found,) = KubernetesNetwork([SPACE, made]).undetermined()
    assert (found.urn, message in found.message) == ("urn:x", True)


def test_kinds_that_have_no_say_are_not_told() -> None:
    assert told(SPACE, replace(SPACE, type="kubernetes:core/v1:ConfigMap"), CLOSED) == []


def test_pods_that_join_further_networks_are_told() -> None:
    body = {
        "metadata": {"name": "w", "namespace": "a", "annotations": {"k8s.v1.cni.cncf.io/networks": "lan"}},
        "spec": {},
    }
    (message,) = told(SPACE, resource("Pod", "w", body))
    assert "has pods that join further networks" in message


def test_a_model_that_forgets_one_end_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ways_module.Policies, "binding", lambda *_given: [])
    with pytest.raises(AssertionError):
        test_a_list_holds_what_its_items_are()


def crossed(number: int) -> list[Resource]:
    """Policies that each ask for labels of their own at both ends: any pod may have one of each."""
    rule = "podSelector"
    return [
        policy(
            "a",
            f"p{n}",
            **{rule: {"matchLabels": {"a": str(n)}}},
            ingress=[{"from": [{rule: {"matchLabels": {"b": str(n)}}}]}],
        )
        for n in range(number)
    ]


def test_more_kinds_of_pods_than_are_followed_are_told_and_not_worked_out() -> None:
    few = KubernetesNetwork([SPACE, *crossed(20)])
    assert "too many kinds" not in str(few.undetermined())
    assert "namespace a, pods a=1, b=2" in wheres(few)
    many = KubernetesNetwork([SPACE, *crossed(300)])
    (one,) = [each for each in many.undetermined() if "too many kinds of pods" in each.message]
    assert "namespace a " in one.message
    assert one.broken
    assert one.urn.endswith("::a-p0")
    assert len(many.zones()) < 1_000


def test_one_namespace_with_too_many_spares_the_others() -> None:
    other = namespace("b", {"enclave/site": "hamar", "enclave/segment": "store"})
    lets = policy("b", "some", podSelector={"matchLabels": {"app": "web"}})
    network = KubernetesNetwork([SPACE, other, lets, *crossed(300)])
    assert "namespace b, pods app=web" in wheres(network)
    assert sum("too many kinds" in one.message for one in network.undetermined()) == 1
