"""Clusters as they grow: the same shape in any number, and made-up ones of every kind of rule."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from enclave_policies.resources.unknown import UNKNOWN

from tests.enclave_policies.network.kubernetes.objects import namespace, pod, policy, resource

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from random import Random

    from enclave_policies.resources.resource import Resource

BOTH = ["Ingress", "Egress"]


def of(**labels: str) -> dict[str, Any]:
    """A selector of labels."""
    return {"matchLabels": labels}


def _ports(port: Any) -> list[dict[str, Any]]:
    return [{"protocol": "TCP", "port": port}]


def _space(name: str, segment: str = "app") -> list[Resource]:
    labels = {"enclave/site": "hamar", "enclave/segment": segment}
    return [namespace(name, labels), policy(name, "closed", podSelector={}, policyTypes=BOTH)]


def _app(space: str, number: int, peers: Mapping[str, Any], port: Any = 8080) -> list[Resource]:
    labels = {"app": f"a{number}"}
    ways = {
        way: [{side: [peers[side]], "ports": _ports(port)}] for way, side in (("ingress", "from"), ("egress", "to"))
    }
    template = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "c"}]}}
    body = {"metadata": {"name": f"a{number}", "namespace": space}, "spec": {"template": template}}
    bound = policy(space, f"p{number}", podSelector=of(**labels), policyTypes=BOTH, **ways)
    return [resource("Deployment", f"{space}-a{number}", body), bound]


def chained(count: int) -> list[Resource]:
    """Each app is let in by the one before it, by a policy of its own."""
    made = _space("n")
    for number in range(count):
        before, after = ({"podSelector": of(app=f"a{each}")} for each in (number - 1, number + 1))
        made += _app("n", number, {"from": before, "to": after})
    return made


def crowded(count: int) -> list[Resource]:
    """Each app has a policy of its own that lets in all of its namespace."""
    everybody: dict[str, Any] = {"from": {"podSelector": {}}, "to": {"podSelector": {}}}
    return _space("n") + [one for number in range(count) for one in _app("n", number, everybody)]


def foreign(count: int) -> list[Resource]:
    """Each app names pods of namespaces that somebody else makes, of which nobody knows the labels."""
    made = _space("n")
    for number in range(count):
        peer = {"namespaceSelector": of(team="x"), "podSelector": of(app=f"b{number}")}
        made += _app("n", number, {"from": peer, "to": peer})
    return made


def spread(count: int) -> list[Resource]:
    """Each namespace has policies of its own, and names the next."""
    made: list[Resource] = []
    for number in range(count):
        space = f"n{number}"
        peers = {
            side: {"namespaceSelector": of(**{"kubernetes.io/metadata.name": f"n{other}"})}
            for side, other in (("from", number - 1), ("to", number + 1))
        }
        made += [*_space(space), *_app(space, 0, peers)]
    return made


GROWING: Mapping[str, Callable[[int], list[Resource]]] = {
    "chained": chained,
    "crowded": crowded,
    "foreign": foreign,
    "spread": spread,
}


def any_cluster(chance: Random) -> list[Resource]:
    """A small cluster with whatever policies may say."""
    spaces = ["a", "b", "c"]
    made: list[Resource] = []
    for space in spaces:
        labels: dict[str, Any] = {"team": space, "enclave/site": "hamar"}
        if chance.random() < 0.6:
            labels["enclave/segment"] = chance.choice(["app", "store"])
        if chance.random() < 0.8:
            told: Any = UNKNOWN if chance.random() < 0.1 else labels
            made.append(namespace(space, told))
    for number in range(chance.randrange(6)):
        labels = {key: chance.choice("xyz") for key in ("app", "role") if chance.random() < 0.6}
        container = {"name": "c", "ports": [{"name": "http", "containerPort": chance.choice([8080, 9090])}]}
        more: dict[str, Any] = {"hostNetwork": True} if chance.random() < 0.1 else {}
        address = f"10.0.0.{number + 1}" if chance.random() < 0.3 else None
        made.append(pod(chance.choice(spaces), f"w{number}", labels, address, containers=[container], **more))
    return [
        *made,
        *(policy(chance.choice(spaces), f"p{one}", **_spec(chance)) for one in range(chance.randrange(1, 7))),
    ]


def _spec(chance: Random) -> dict[str, Any]:
    types = chance.choice([["Ingress"], ["Egress"], BOTH, [UNKNOWN]] if chance.random() < 0.2 else [BOTH])
    spec: dict[str, Any] = {"podSelector": _selector(chance), "policyTypes": types}
    for way, side in (("ingress", "from"), ("egress", "to")):
        spec[way] = []
        for _ in range(chance.randrange(3)):
            rule: dict[str, Any] = {side: [_peer(chance) for _ in range(chance.randrange(3))]}
            if chance.random() < 0.8:
                rule["ports"] = _ports(chance.choice([8080, 9090, "http"]))
            spec[way].append(rule)
    return spec


def _peer(chance: Random) -> Any:
    return chance.choice(
        [
            {"podSelector": _selector(chance)},
            {"namespaceSelector": of(team=chance.choice("abc")), "podSelector": _selector(chance)},
            {"namespaceSelector": of(**{"kubernetes.io/metadata.name": chance.choice("abc")})},
            {"namespaceSelector": {}},
            {"ipBlock": {"cidr": chance.choice(["10.0.0.0/29", "10.0.0.3/32", "0.0.0.0/0"])}},
            {},
        ]
    )


def _selector(chance: Random) -> Any:
    key = chance.choice(["app", "role"])
    operator = chance.choice(["In", "NotIn", "Exists", "DoesNotExist"])
    values = {"values": chance.sample("xyz", 2)} if operator in ("In", "NotIn") else {}
    return chance.choice(
        [
            {},
            of(**{key: chance.choice("xyz")}),
            {"matchExpressions": [{"key": key, "operator": operator, **values}]},
            UNKNOWN if chance.random() < 0.2 else {},
        ]
    )
