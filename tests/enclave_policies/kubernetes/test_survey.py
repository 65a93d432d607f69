"""One walk finds everything in an object that names an image, a node, a place, a volume, an address or a text."""

from __future__ import annotations

from typing import Any

import pytest
from enclave_policies.kubernetes.objects import objects_of
from enclave_policies.kubernetes.survey import DEEPEST, Choice, Found, Survey, is_place_label, survey
from enclave_policies.resources.resource import UNKNOWN, Resource


def of(token: str, props: dict[str, Any]) -> Survey:
    (found,) = objects_of(Resource("urn", f"kubernetes:{token}", "r", props))
    return survey(found)


def pod(**spec: Any) -> Survey:
    return of("core/v1:Pod", {"spec": spec})


def custom(**spec: Any) -> Survey:
    return of("acme.example/v1:Thing", {"spec": spec})


def test_images_of_every_container_and_of_volumes_are_found_with_their_paths() -> None:
    found = pod(
        containers=[{"image": "a"}],
        initContainers=[{"image": "b"}],
        ephemeralContainers=[{"image": UNKNOWN}],
        volumes=[{"image": {"reference": "d", "pullPolicy": "Always"}}, {"rbd": {"image": "disk"}}],
    ).images
    assert [(each.path, each.value) for each in found] == [
        ("spec.containers.image", "a"),
        ("spec.initContainers.image", "b"),
        ("spec.ephemeralContainers.image", UNKNOWN),
        ("spec.volumes.image.reference", "d"),
    ]


def test_images_of_custom_resources_are_found_by_what_they_are_called() -> None:
    found = custom(
        image="a",
        imageName="b",
        sidecarImage="c",
        sidecarImageName="e",
        sidecarImageRef="f",
        package="d",
        backup={"image": {"registry": "r", "repository": "p", "tag": "1"}},
        tool={"image": {"repository": "q"}},
        gpu={"repository": "x", "image": "y"},
        images={"tempo": "z/t", "size": "10"},
        extraImages=["u", 1],
    ).images
    assert [each.value for each in found] == ["a", "b", "c", "e", "f", "d", "r/p", "q", "x/y", "z/t", "u"]
    names = ["image", "imageName", "sidecarImage", "sidecarImageName", "sidecarImageRef", "package"]
    assert [each.name for each in found] == [*names, "image", "image", "image", "images", "extraImages"]


def test_a_built_in_kind_has_no_images_but_those() -> None:
    assert pod(imageName="a", package="b", containers=[{"name": "image"}]).images == []


def test_nodes_and_zones_are_found_by_name() -> None:
    found = pod(nodeName="a")
    assert found.nodes == [Found("spec.nodeName", "nodeName", "a")]
    slices = of(
        "discovery.k8s.io/v1:EndpointSlice",
        {
            "endpoints": [
                {"zone": "z", "nodeName": "n", "hints": {"forZones": [{"name": "y"}], "forNodes": [{"name": "m"}]}}
            ]
        },
    )
    assert [each.value for each in slices.nodes] == ["n", "m"]
    assert [each.values for each in slices.choices] == [["z"], ["y"]]
    pods = of("resource.k8s.io/v1alpha3:PodSchedulingContext", {"spec": {"selectedNode": "a", "potentialNodes": ["b"]}})
    assert [each.value for each in pods.nodes] == ["a", "b"]


def test_a_zone_of_a_custom_resource_may_be_one_of_dns_and_is_read_as_a_text() -> None:
    found = custom(zone="a.example")
    assert found.choices == []
    assert found.texts == [Found("spec.zone", "zone", "a.example", ("spec",))]


@pytest.mark.parametrize(
    ("selector", "found"),
    [
        ({"a": "b"}, [Choice("spec.nodeSelector", "a", ["b"])]),
        ({"matchLabels": {"a": "b"}}, [Choice("spec.nodeSelector", "a", ["b"])]),
        (UNKNOWN, [Choice("spec.nodeSelector", "nodeSelector", [UNKNOWN])]),
        ({}, []),
        (
            {"nodeSelectorTerms": [{"matchExpressions": [{"key": "a", "operator": "In", "values": ["b"]}]}]},
            [Choice("spec.nodeSelector.nodeSelectorTerms.matchExpressions", "a", ["b"])],
        ),
    ],
)
def test_node_selectors_are_read_in_every_shape(selector: Any, found: list[Choice]) -> None:
    assert pod(nodeSelector=selector).choices == found


def test_expressions_are_read_with_their_operator_wherever_they_stand() -> None:
    terms = [{"matchExpressions": [{"key": "topology.kubernetes.io/zone", "operator": "NotIn", "values": ["a"]}]}]
    fields = [{"matchFields": [{"key": "metadata.name", "operator": "In", "values": ["n"]}]}]
    affinity = {
        "nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": terms + fields}}
    }
    found = pod(
        affinity=affinity, tolerations=[{"key": "k", "value": "v"}, {"operator": "Exists"}, {"key": "x"}]
    ).choices
    assert [(each.label, each.operator, each.values) for each in found] == [
        ("topology.kubernetes.io/zone", "NotIn", ["a"]),
        ("metadata.name", "In", ["n"]),
        ("k", "In", ["v"]),
        ("x", "In", []),
    ]


def test_a_key_of_something_else_is_no_choice() -> None:
    assert pod(volumes=[{"secret": {"items": [{"key": "a", "path": "b"}]}}]).choices == []


def test_labels_that_tell_a_place_are_choices_wherever_a_mapping_has_them() -> None:
    found = of(
        "storage.k8s.io/v1:CSIStorageCapacity", {"nodeTopology": {"matchLabels": {"topology.kubernetes.io/zone": "a"}}}
    )
    assert found.choices == [
        Choice("nodeTopology.matchLabels.topology.kubernetes.io/zone", "topology.kubernetes.io/zone", ["a"])
    ]


def test_an_objects_own_labels_are_words() -> None:
    labels = {"topology.kubernetes.io/region": "us-east-1"}
    template = {"metadata": {"labels": labels}, "spec": {"containers": []}}
    assert of("apps/v1:Deployment", {"metadata": {"labels": labels}, "spec": {"template": template}}).choices == []


def test_volumes_are_found_by_their_source() -> None:
    found = pod(volumes=[{"name": "a", "nfs": {"server": "s"}}, {"emptyDir": {}}, {"csi": UNKNOWN}]).volumes
    assert found == [Found("spec.volumes.nfs", "nfs", {"server": "s"}), Found("spec.volumes.csi", "csi", UNKNOWN)]


def test_how_a_pod_resolves_names_and_probes_is_found() -> None:
    found = pod(
        hostAliases=[{"ip": "1"}],
        dnsConfig={"searches": ["a"]},
        containers=[
            {"livenessProbe": {"httpGet": {"host": "h", "port": 1}}, "startupProbe": {"tcpSocket": {"port": 1}}}
        ],
    )
    assert found.aliases == [Found("spec.hostAliases", "hostAliases", [{"ip": "1"}])]
    assert found.dns == [Found("spec.dnsConfig", "dnsConfig", {"searches": ["a"]})]
    assert found.probed == [Found("spec.containers.livenessProbe.httpGet.host", "httpGet", "h")]


def test_environment_and_commands_are_texts_called_after_variables_and_flags() -> None:
    found = pod(
        containers=[
            {
                "env": [{"name": "A", "value": "a"}, {"name": "B"}, {"name": "C", "valueFrom": {}}, UNKNOWN],
                "args": ["--x", "1", "--y=2", "3", UNKNOWN],
                "command": ["run"],
            }
        ]
    ).texts
    assert [(each.path.rpartition(".")[2], each.name, each.value) for each in found] == [
        ("env", "A", "a"),
        ("args", "", "--x"),
        ("args", "x", "1"),
        ("args", "", "--y=2"),
        ("args", "", "3"),
        ("args", "", UNKNOWN),
        ("command", "", "run"),
    ]


def test_every_text_of_a_custom_resource_is_read_under_its_inputs_name() -> None:
    found = custom(
        a={"url": "u", "peers": ["p"]},
        hosts=["h", {"name": "n"}],
        on=True,
        description="d",
        externalLabels={"r": "x"},
        tags=["t"],
    )
    assert [(each.path, each.name, each.value) for each in found.texts] == [
        ("spec.a.url", "url", "u"),
        ("spec.a.peers", "peers", "p"),
        ("spec.hosts", "hosts", "h"),
        ("spec.hosts.name", "name", "n"),
        ("spec.on", "on", True),
    ]


def test_variables_and_arguments_of_a_custom_resource_are_read_once_each_in_the_block_of_their_program() -> None:
    found = custom(agent={"env": [{"name": "A", "value": "a"}], "args": ["--x", "1"]})
    assert found.texts == [
        Found("spec.agent.env", "A", "a", ("spec", "agent")),
        Found("spec.agent.args", "", "--x", ("spec", "agent")),
        Found("spec.agent.args", "x", "1", ("spec", "agent")),
    ]


def test_texts_of_a_built_in_kind_are_its_own_words() -> None:
    assert pod(serviceAccountName="a", containers=[{"name": "a", "workingDir": "/"}]).texts == []


def test_annotations_are_found_on_the_object_and_on_its_pods() -> None:
    props = {
        "metadata": {"annotations": {"a/b": "c"}},
        "spec": {"template": {"metadata": {"annotations": {"d/e": "f"}}}},
    }
    assert [(each.name, each.value) for each in of("apps/v1:Deployment", props).annotations] == [
        ("a/b", "c"),
        ("d/e", "f"),
    ]


def test_of_kinds_that_run_nothing_only_the_annotations_are_read() -> None:
    props = {"metadata": {"annotations": {"a/b": "c"}}, "data": {"image": "nginx", "nodeName": "n"}}
    found = of("core/v1:ConfigMap", props)
    assert (found.images, found.nodes, len(found.annotations)) == ([], [], 1)
    assert of("acme.example/v1:ConfigMap", {"spec": {"image": "nginx"}}).images != []


def test_policy_engines_only_describe_objects() -> None:
    rule = {"validate": {"pattern": {"spec": {"containers": [{"image": "a/*"}]}}}}
    assert of("kyverno.io/v1:ClusterPolicy", {"spec": {"rules": [rule]}}).images == []
    assert of("acme.example/v1:ClusterPolicy", {"spec": {"rules": [rule]}}).images != []


def test_signers_are_found() -> None:
    assert pod(volumes=[{"projected": {"sources": [{"podCertificate": {"signerName": "s/t"}}]}}]).signers == [
        Found("spec.volumes.projected.sources.podCertificate.signerName", "signerName", "s/t")
    ]


def test_objects_that_are_nested_without_end_are_not_read_as_clean() -> None:
    def nested(depth: int) -> dict[str, Any]:
        inner: dict[str, Any] = {"image": "a"}
        for _ in range(depth):
            inner = {"a": inner}
        return inner

    assert len(pod(**nested(DEEPEST - 1)).images) == 1
    with pytest.raises(RecursionError):
        pod(**nested(DEEPEST))


def test_labels_that_tell_a_place_are_those_with_a_maker_before_them() -> None:
    for label in (
        "topology.kubernetes.io/region",
        "topology.ebs.csi.aws.com/zone",
        "kubernetes.io/hostname",
        "a/Country",
    ):
        assert is_place_label(label)
    for label in ("region", "topology.kubernetes.io/rack", "kubernetes.io/os", "zone/a"):
        assert not is_place_label(label)
