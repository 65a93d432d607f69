"""What protects is made before what it protects, wherever it hangs: a site is never open while it is being made."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import pytest

from components.declaration import load_declaration
from sandbox.migration.declared import declared_with_workers
from sandbox.migration.move import Move
from tests.components.declarations import stacks
from tests.components.dialling import with_dial_in
from tests.components.shapes import Registered, shape

if TYPE_CHECKING:
    from collections.abc import Iterator

ADMISSION: Final = "admissionregistration.k8s.io/v1:ValidatingAdmissionPolicyBinding"
CARRIES: Final = {"Group", "LoadBalancer", "NetworkAssociation", "VpnConnection"}
"""Where packets of a VPC begin: what its flow log must see."""
ROLE: Final = {"role", "roleArn", "iamRoleArn"}
LETS: Final = {"Alias", "BucketObjectv2", "PolicyAttachment", "Role", "RoleBinding", "ServiceAccount"}
"""What hangs under a resource and protects nothing: it lets somebody do something, names it, or lies in it."""
Pair = tuple[Registered, Registered]


@pytest.fixture(scope="module")
def stacks_made(tmp_path_factory: pytest.TempPathFactory) -> list[list[Registered]]:
    """Every kind of resource that a component can build, in some stack."""
    folder = tmp_path_factory.mktemp("declared")
    moving = folder / "moving.yaml"
    planned = f"    job:\n      plan: 9-{'a' * 64}\n"
    text = declared_with_workers(Move("w3", "hamar", "people", "people-in", ()))
    moving.write_text(text.replace("    job:\n", planned), encoding="utf-8")
    shipped = [stacks / f"{name}.yaml" for name in ("local", "transition", "inspector")]
    made = [shape(load_declaration(each)) for each in (*shipped, moving, with_dial_in(folder))]
    return [[one for one in each if not one.type.startswith(("enclave:", "pulumi:"))] for each in made]


def kind(one: Registered) -> str:
    return one.type.rpartition(":")[2]


def of(made: list[Registered], *kinds: str) -> list[Registered]:
    return [one for one in made if kind(one) in kinds]


def texts(value: Any) -> Iterator[str]:
    """Yield every text among inputs."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from texts(each)
    elif isinstance(value, str):
        yield value


def naming(made: list[Registered], names: set[str], *but: str) -> list[Registered]:
    """Return what names something by one of its names, as a whole text."""
    return [one for one in made if kind(one) not in but and names & set(texts(one.inputs))]


def pods(made: list[Registered]) -> Iterator[Pair]:
    """Pods are denied everything, and limited; so is the resolver, which carries questions for them."""
    for one in made:
        spec = one.inputs.get("spec", {})
        if "template" not in spec and "jobTemplate" not in spec:
            continue
        for other in of(made, "LimitRange", "NetworkPolicy", "ResourceQuota"):
            here = other.inputs["metadata"]["namespace"] == one.inputs["metadata"]["namespace"]
            if (here and not other.inputs["spec"].keys() & {"ingress", "egress"}) or other.name.endswith("-resolver"):
                yield one, other


def namespaces(made: list[Registered]) -> Iterator[Pair]:
    """Namespaces are held to the admission policies of the site."""
    for one in of(made, "Namespace"):
        yield from ((one, other) for other in made if other.type.endswith(ADMISSION))


def interfaces(made: list[Registered]) -> Iterator[Pair]:
    """What has an interface in a subnet is held to its network ACL, and nothing there permits by itself."""
    for acl in of(made, "NetworkAcl"):
        near = of(made, "DefaultNetworkAcl", "DefaultRouteTable", "DefaultSecurityGroup")
        own = [one for one in near if one.name.removesuffix("-default") == acl.inputs["vpcId"].removesuffix("-id")]
        assert len(own) == 3
        for one in naming(made, set(acl.inputs["subnetIds"]), "NetworkAcl", "RouteTableAssociation"):
            yield from ((one, other) for other in (acl, *own))


def buckets(made: list[Registered]) -> Iterator[Pair]:
    """What uses a bucket finds it closed, and its policy comes last of all its parts."""
    for policy in of(made, "BucketPolicy"):
        (bucket,) = (one for one in of(made, "Bucket") if policy.inputs["bucket"] == f"{one.name}-id")
        physical = bucket.inputs["bucket"]
        by_id = [one for one in made if one.inputs.get("bucket") == f"{bucket.name}-id"]
        for one in [*by_id, *naming(made, {physical, f"arn:aws:s3:::{physical}"}, "Bucket")]:
            settles = kind(one).startswith("Bucket") and kind(one) not in ("BucketObjectv2", "BucketReplicationConfig")
            if one is not policy:
                yield (policy, one) if settles else (one, policy)


def roles(made: list[Registered]) -> Iterator[Pair]:
    """What acts as a role finds what the role may do, or it would begin with refusals."""
    for policy in of(made, "RolePolicy"):
        called = policy.inputs["role"]
        for one in made:
            taken = {value for name, value in one.inputs.items() if name in ROLE}
            if one is not policy and any(f"{value}".rpartition("/")[2] == called for value in taken):
                yield one, policy


def packets(made: list[Registered]) -> Iterator[Pair]:
    """Where packets begin, their flows are recorded."""
    for one in of(made, *CARRIES):
        flows = [flow for flow in of(made, "FlowLog") if one.name.startswith(flow.name.removesuffix("flow-logs"))]
        yield from ((one, flow) for flow in flows)


PROTECTED: Final = (pods, namespaces, interfaces, buckets, roles, packets)


def too_early(made: list[Registered]) -> list[str]:
    """Return what is made without waiting for what protects it."""
    pairs = [pair for protected in PROTECTED for pair in protected(made)]
    return [f"{one.urn} does not wait for {other.urn}" for one, other in pairs if other.urn not in one.behind]


def test_nothing_is_made_before_what_protects_it(stacks_made: list[list[Registered]]) -> None:
    assert [each for made in stacks_made for each in too_early(made)] == []


@pytest.mark.parametrize("protected", PROTECTED)
def test_what_waits_for_everything_else_alone_is_noticed(protected: Any, stacks_made: list[list[Registered]]) -> None:
    """The seeded bug of that promise, for each kind of protection and each type that protects so."""
    seeded = set()
    for made in stacks_made:
        for one, other in protected(made):
            if (other.type, one.type) not in seeded:
                seeded.add((other.type, one.type))
                hasty = replace(one, behind=one.behind - {other.urn})
                found = too_early([hasty if each is one else each for each in made])
                assert found == [f"{one.urn} does not wait for {other.urn}"]
    assert seeded


def test_whatever_hangs_under_a_resource_is_known_here(stacks_made: list[list[Registered]]) -> None:
    """Who waits for a resource does not wait for what hangs under it, so somebody says what a new kind protects."""
    known = {kind(one) for made in stacks_made for check in PROTECTED for pair in check(made) for one in pair}
    for made in stacks_made:
        above = {one.urn: one.urn.split("::")[2].split("$")[-2] for one in made}
        hanging = {kind(one) for one in made if not above[one.urn].startswith(("enclave:", "pulumi:"))}
        assert hanging - known - LETS == set()
