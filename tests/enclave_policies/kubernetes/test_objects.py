"""A resource becomes the Kubernetes objects that it carries, and nothing of them is left out."""

from __future__ import annotations

from typing import Any

import pytest
from enclave_policies.kubernetes.objects import BUILTIN_GROUPS, DEEPEST, UNREADABLE, entries, mapping, objects_of
from enclave_policies.kubernetes.podspec import POD_SPECS, pod_spec
from enclave_policies.law.folder import load_law
from enclave_policies.resources.resource import UNKNOWN, Resource

TYPES = [token for token in load_law().types if token.startswith("kubernetes:") and not token.endswith("*")]
NOT_OBJECTS = {"helm.sh", "yaml", "kustomize"}


def of(token: str, props: dict[str, Any]) -> list[tuple[str, str, str]]:
    found = objects_of(Resource("urn", f"kubernetes:{token}", "r", props))
    return [(each.kind, each.group, each.path) for each in found]


def test_an_object_is_itself() -> None:
    assert of("apps/v1:Deployment", {}) == [("Deployment", "apps", "")]
    assert of("core/v1:Pod", {}) == [("Pod", "core", "")]
    assert of("external-secrets.io/v1:SecretStore", {}) == [("SecretStore", "external-secrets.io", "")]


def test_a_patch_is_read_as_its_kind_and_says_that_it_is_one() -> None:
    (found,) = objects_of(Resource("urn", "kubernetes:apps/v1:DeploymentPatch", "r", {"kind": "Deployment"}))
    assert (found.kind, found.patch) == ("Deployment", True)
    for props in ({}, {"kind": "DeploymentPatch"}):
        (same,) = objects_of(Resource("urn", "kubernetes:apps/v1:DeploymentPatch", "r", props))
        assert (same.kind, same.patch) == ("Deployment", True)


def test_an_object_is_of_the_group_that_it_says_itself() -> None:
    assert of("core/v1:Pod", {"apiVersion": "acme.example/v1", "kind": "Road"}) == [("Road", "acme.example", "")]
    assert of("acme.example/v1:Pod", {"apiVersion": "v1"}) == [("Pod", "core", "")]
    assert of("core/v1:Pod", {"apiVersion": "apps/v1/no-version"}) == [("Pod", "apps", "")]
    assert of("core/v1:Pod", {"apiVersion": UNKNOWN, "kind": UNKNOWN}) == [("Pod", "core", "")]


def test_a_kind_whose_own_name_ends_in_patch_is_no_patch() -> None:
    (found,) = objects_of(Resource("urn", "kubernetes:acme.example/v1:RoadPatch", "r", {"kind": "RoadPatch"}))
    assert (found.kind, found.patch) == ("RoadPatch", False)
    (other,) = objects_of(Resource("urn", "kubernetes:acme.example/v1:RoadPatch", "r", {"kind": "Road"}))
    assert (other.kind, other.patch) == ("Road", True)


def test_a_list_is_its_items_each_with_its_own_kind_where_it_says_one() -> None:
    items = [{"metadata": {}}, {"kind": "Service", "apiVersion": "v1"}, {"kind": "Job", "apiVersion": "batch/v1"}]
    assert of("apps/v1:DeploymentList", {"items": items}) == [
        ("Deployment", "apps", "items."),
        ("Service", "core", "items."),
        ("Job", "batch", "items."),
    ]


@pytest.mark.parametrize("nothing", ["", None, 7, UNKNOWN])
def test_an_item_that_does_not_say_what_it_is_is_what_its_list_says(nothing: object) -> None:
    items = [{"kind": nothing, "apiVersion": nothing}]
    assert of("apps/v1:DeploymentList", {"items": items}) == [("Deployment", "apps", "items.")]


def test_an_item_of_a_list_is_no_patch() -> None:
    (found,) = objects_of(Resource("urn", "kubernetes:core/v1:PodList", "r", {"items": [{}]}))
    assert not found.patch


def test_lists_in_lists_are_expanded() -> None:
    inner = {"kind": "List", "apiVersion": "v1", "items": [{"kind": "Pod", "apiVersion": "v1"}]}
    assert of("core/v1:List", {"items": [inner]}) == [("Pod", "core", "items.items.")]


@pytest.mark.parametrize(("depth", "known"), [(DEEPEST, True), (DEEPEST + 1, False), (40, False)])
def test_lists_that_are_nested_without_end_count_as_not_known(depth: int, *, known: bool) -> None:
    inner: dict[str, Any] = {"kind": "Pod", "apiVersion": "v1", "spec": {}}
    for _ in range(depth):
        inner = {"kind": "PodList", "apiVersion": "v1", "items": [inner]}
    (found,) = objects_of(Resource("urn", "kubernetes:core/v1:PodList", "r", inner))
    assert (found.body is UNREADABLE) is not known
    assert found.spec == ({} if known else UNKNOWN)


def test_an_empty_list_carries_nothing() -> None:
    assert of("core/v1:PodList", {}) == []
    assert of("core/v1:PodList", {"items": []}) == []


def test_items_that_are_not_known_are_one_object_that_is_not_known() -> None:
    for items in (UNKNOWN, [UNKNOWN]):
        (found,) = objects_of(Resource("urn", "kubernetes:core/v1:PodList", "r", {"items": items}))
        assert (found.kind, found.group, found.path, found.spec) == ("Pod", "core", "items.", UNKNOWN)


def test_a_custom_kind_whose_name_ends_in_list_is_itself_unless_it_has_items() -> None:
    assert of("acme.example/v1:AllowList", {"spec": {}}) == [("AllowList", "acme.example", "")]
    assert of("acme.example/v1:RoadList", {"items": [{}]}) == [("Road", "acme.example", "items.")]


def test_components_of_the_sdk_carry_no_objects_and_a_release_only_its_values() -> None:
    assert of("yaml:ConfigGroup", {}) == of("kustomize:Directory", {}) == []
    assert of("yaml/v2:ConfigGroup", {}) == of("kustomize/v2:Directory", {}) == of("helm.sh/v4:Chart", {}) == []
    (found,) = objects_of(
        Resource("urn", "kubernetes:helm.sh/v3:Release", "r", {"values": {"image": "a"}, "chart": "c"})
    )
    assert (found.kind, found.custom, dict(found.body)) == ("Release", True, {"values": {"image": "a"}})


def test_what_is_of_another_package_carries_no_objects() -> None:
    assert objects_of(Resource("urn", "aws:s3/bucket:Bucket", "r", {})) == ()


def test_the_answer_is_not_mixed_up_between_resources() -> None:
    one = Resource("urn", "kubernetes:core/v1:Pod", "r", {})
    other = Resource("urn", "kubernetes:core/v1:Service", "r", {})
    assert [objects_of(each)[0].kind for each in (one, other, one, one)] == ["Pod", "Service", "Pod", "Pod"]


def test_every_group_of_the_sdk_is_built_in() -> None:
    groups = {token.split(":")[1].partition("/")[0] for token in TYPES} - NOT_OBJECTS
    assert groups == BUILTIN_GROUPS


def test_metadata_is_told_where_it_is_there() -> None:
    found = objects_of(Resource("urn", "kubernetes:core/v1:Pod", "r", {"metadata": {"name": "a"}}))[0]
    assert (found.metadata("name"), found.metadata("labels")) == ("a", None)
    assert objects_of(Resource("urn", "kubernetes:core/v1:Pod", "r", {}))[0].metadata("name") is None
    unknown = Resource("urn", "kubernetes:core/v1:Pod", "r", {"metadata": UNKNOWN})
    assert objects_of(unknown)[0].metadata("name") is UNKNOWN


def test_values_of_another_shape_count_as_not_known() -> None:
    assert (mapping(None), mapping({"a": 1}), mapping("a"), mapping(UNKNOWN)) == ({}, {"a": 1}, UNKNOWN, UNKNOWN)
    assert (entries(None), entries([1]), entries({}), entries(UNKNOWN)) == ([], [1], [UNKNOWN], [UNKNOWN])


def test_the_pod_of_every_workload_kind_is_found_and_known_to_be_unknown() -> None:
    kinds = {token.rsplit(":", 1)[1] for token in TYPES}
    assert POD_SPECS.keys() <= kinds
    for kind, way in POD_SPECS.items():
        token = f"kubernetes:{'core/v1' if kind in ('Pod', 'PodTemplate') else 'apps/v1'}:{kind}"
        for depth in range(len(way) + 1):
            body: Any = {"containers": []} if depth == len(way) else UNKNOWN
            for name in reversed(way[:depth]):
                body = {name: body}
            spec = pod_spec(objects_of(Resource("urn", token, "r", body))[0]) if depth else UNKNOWN
            assert spec == ({"containers": []} if depth == len(way) else UNKNOWN)
        assert pod_spec(objects_of(Resource("urn", token, "r", {}))[0]) is None


@pytest.mark.parametrize("spec", [[], ["containers"], "containers", 1])
def test_a_pod_of_another_shape_is_not_known(spec: object) -> None:
    assert pod_spec(objects_of(Resource("urn", "kubernetes:core/v1:Pod", "r", {"spec": spec}))[0]) is UNKNOWN


def test_other_kinds_have_no_pod() -> None:
    assert pod_spec(objects_of(Resource("urn", "kubernetes:core/v1:Service", "r", {"spec": UNKNOWN}))[0]) is None
    custom = Resource("urn", "kubernetes:acme.example/v1:Deployment", "r", {"spec": UNKNOWN})
    assert pod_spec(objects_of(custom)[0]) is None
