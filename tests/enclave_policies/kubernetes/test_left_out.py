"""What an object leaves out means what the catalog says: refused by the rule that it names, or passed by that rule."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from enclave_policies.catalog.objects import kind_of
from enclave_policies.judging.judge import judge_stack
from enclave_policies.kubernetes.survey import WITHOUT_PLACES
from enclave_policies.law.facts import Cluster
from enclave_policies.law.folder import load_law
from enclave_policies.resources.resource import Provider, Resource
from enclave_policies.resources.unknown import UNKNOWN
from enclave_policies.rules.jurisdiction import JURISDICTION
from enclave_policies.rules.jurisdiction.kubernetes import kubernetes_exposure, storage_topology
from enclave_policies.rules.key_custody import KEY_CUSTODY
from enclave_policies.rules.segmentation import SEGMENTATION
from enclave_policies.sdk.generate import sdk

from tests.enclave_policies.sampling import samples, urn

if TYPE_CHECKING:
    from enclave_policies.catalog.objects import ObjectInput
    from enclave_policies.law import Law
    from enclave_policies.reading.finding import Finding

SERVER = "https://abc.gr7.eu-west-1.eks.amazonaws.com"
CLOUD = Provider(
    urn("pulumi:providers:kubernetes", "eks"),
    "pulumi:providers:kubernetes",
    "eks",
    {
        "kubeconfig": "current-context: eks\ncontexts: [{name: eks, context: {cluster: eks, user: eks}}]\n"
        f'clusters: [{{name: eks, cluster: {{server: "{SERVER}"}}}}]\nusers: [{{name: eks, user: {{token: x}}}}]\n'
    },
)
OWN = samples("image-registry")[0].as_provider()
LAW = load_law()
SWITCHES = {"namespace": "enclave-app", "name": "thing"}


@pytest.fixture(scope="module")
def law() -> Law:
    """Return the shipped law with a cluster that AWS runs."""
    return replace(LAW, clusters=(*LAW.clusters, Cluster("dublin", f"{SERVER}:443", None, "Dublin", "IE")))


def entries() -> list[Any]:
    return [
        pytest.param(kind, told, id=f"{kind} {told.left_out.path} {told.site}")
        for kind, inputs in LAW.objects.items()
        for told in inputs
    ]


def put(body: dict[str, Any], path: str, value: Any) -> None:
    *above, last = path.split(".")
    for name in above:
        body = body.setdefault(name, {})
    body[last] = value


def without(kind: str, told: ObjectInput, **annotations: str) -> Resource:
    """Return an object that is what the entry asks for, and leaves its input out."""
    switch = told.left_out
    body: dict[str, Any] = {"metadata": {**SWITCHES, "annotations": annotations}}
    for each in switch.when:
        put(body, each.path, NAMES.get(each.values[0], each.values[0]))
    if switch.within:
        put(body, switch.within, [{"name": "thing"}])
    token = next(
        token for token in sdk("kubernetes") if kind_of(token) == kind and token.endswith(kind.partition("/")[2])
    )
    return Resource(urn(token, "thing"), token, "thing", body, CLOUD if told.site == "cloud" else OWN, custom=True)


NAMES = {"externalname": "ExternalName", "loadbalancer": "LoadBalancer", "webhook": "Webhook"}
"""Values as people write them."""


def findings(resource: Resource, rule: str, law: Law) -> list[Finding]:
    found = judge_stack([resource], law, [one for one in (*JURISDICTION, *SEGMENTATION) if one.id == rule])
    return list(found[resource.urn])


@pytest.mark.parametrize(("kind", "told"), entries())
def test_leaving_it_out_means_what_the_catalog_says(kind: str, told: ObjectInput, law: Law) -> None:
    found = findings(without(kind, told), told.rule, law)
    own_path = [each for each in law.objects[kind] if each.rule == told.rule and each.left_out.verdict != "allowed"]
    if told.left_out.verdict == "allowed":
        assert [one.message for one in found if not own_path] == []
    else:
        assert any(told.left_out.words in one.message and one.verdict == told.left_out.verdict for one in found)


def test_every_rule_that_is_named_is_there() -> None:
    known = {rule.id for rule in (*JURISDICTION, *SEGMENTATION, *KEY_CUSTODY)}
    assert {told.rule for inputs in LAW.objects.values() for told in inputs} <= known


@pytest.mark.parametrize(
    ("name", "value", "refused"),
    [
        ("service.beta.kubernetes.io/aws-load-balancer-internal", "true", False),
        ("service.beta.kubernetes.io/aws-load-balancer-internal", "false", True),
        ("service.beta.kubernetes.io/aws-load-balancer-scheme", "internal", False),
        ("service.beta.kubernetes.io/aws-load-balancer-type", "external", False),
        ("service.beta.kubernetes.io/aws-load-balancer-type", "nlb", True),
        ("service.beta.kubernetes.io/aws-load-balancer-scheme", "internet-facing", True),
    ],
)
def test_an_annotation_says_who_reaches_a_balancer_that_aws_makes(
    name: str, value: str, law: Law, refused: bool
) -> None:
    (told,) = (each for each in law.objects["core/Service"] if each.site == "cloud")
    found = findings(without("core/Service", told, **{name: value}), "JUR-021", law)
    assert any("from the internet" in one.message for one in found) is refused


def test_a_balancer_with_a_class_of_aws_is_internal_unless_it_says_otherwise(law: Law) -> None:
    (told,) = (each for each in law.objects["core/Service"] if each.site == "cloud")
    body = without("core/Service", told)
    body.props["spec"]["loadBalancerClass"] = "service.k8s.aws/nlb"
    assert findings(body, "JUR-021", law) == []


def test_a_balancer_without_a_class_is_the_sites_own_in_a_cluster_of_its_own(law: Law) -> None:
    (told,) = (each for each in law.objects["core/Service"] if each.site == "cloud")
    at_the_site = replace(without("core/Service", told), provider=OWN)
    assert findings(at_the_site, "JUR-021", law) == []


CLASS = "kubernetes:storage.k8s.io/v1:StorageClass"


@pytest.mark.parametrize(
    ("provisioner", "provider", "refused"),
    [
        ("driver.longhorn.io", OWN, False),
        ("Driver.Longhorn.io", OWN, False),
        ("storage.rbd.csi.ceph.com", OWN, False),
        ("topolvm.io", CLOUD, False),
        ("ebs.csi.aws.com", CLOUD, False),
        ("ebs.csi.eks.amazonaws.com", CLOUD, False),
        ("kubernetes.io/aws-ebs", CLOUD, False),
        ("ebs.csi.aws.com", OWN, True),
        ("pd.csi.storage.gke.io", CLOUD, True),
        ("csi.acme.io", OWN, True),
        ("csi.acme.io", CLOUD, True),
        ("driver.longhorn.io.acme.io", OWN, True),
        ("rbd.csi.ceph.com.acme.io", OWN, True),
        (UNKNOWN, OWN, True),
        (None, OWN, True),
    ],
)
def test_a_class_needs_no_topology_only_where_its_driver_keeps_to_the_cluster(
    provisioner: Any, provider: Provider, law: Law, refused: bool
) -> None:
    props = {"metadata": SWITCHES, "provisioner": provisioner}
    found = findings(Resource(urn(CLASS, "thing"), CLASS, "thing", props, provider, custom=True), "JUR-020", law)
    assert bool(found) is refused


def test_a_catalog_that_excuses_no_driver_is_noticed(law: Law) -> None:
    """The seeded bug of this family."""
    kind = "storage.k8s.io/StorageClass"
    strict = tuple(replace(each, left_out=replace(each.left_out, unless=())) for each in law.objects[kind])
    without_excuse = replace(law, objects={**law.objects, kind: strict})
    props = {"metadata": SWITCHES, "provisioner": "driver.longhorn.io"}
    local = Resource(urn(CLASS, "thing"), CLASS, "thing", props, OWN, custom=True)
    assert findings(local, "JUR-020", without_excuse)
    assert not findings(local, "JUR-020", law)


def test_a_patch_is_not_refused_for_what_it_does_not_change(law: Law) -> None:
    token = "kubernetes:storage.k8s.io/v1:StorageClassPatch"  # noqa: S105 (a type)
    patch = Resource(urn(token, "thing"), token, "thing", {"metadata": {"name": "fast"}}, OWN, custom=True)
    assert findings(patch, "JUR-020", law) == []


def test_kinds_whose_bodies_no_walk_reads_hold_nothing_that_a_walk_would_find() -> None:
    walked = {"JUR-018", "JUR-019", "JUR-020"}
    for kind, inputs in LAW.objects.items():
        if kind.partition("/")[2] in WITHOUT_PLACES and not kind.startswith("events"):
            assert walked.isdisjoint(told.rule for told in inputs), kind


@pytest.mark.parametrize("module", [kubernetes_exposure, storage_topology])
def test_seeded_bug_a_rule_that_asks_no_absence_is_noticed(
    module: Any, law: Law, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "left_out", lambda *_, **__: iter(()))
    refused = [
        param.values
        for param in entries()
        if param.values[1].left_out.verdict != "allowed" and param.values[1].rule == module.rule.id
    ]
    assert refused
    assert all(not findings(without(kind, told), told.rule, law) for kind, told in refused)
