"""Kubernetes resources as rules get them: of plain objects, and of what the program registers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from enclave_policies.network.networks import AddressSet
from enclave_policies.resources.resource import Provider, Resource

from components.intent import intent
from tests.components.shapes import shape

if TYPE_CHECKING:
    from components.declaration import Declaration

PREFIX = "urn:pulumi:test::enclave::"
TYPES = {
    "Namespace": "core/v1",
    "Pod": "core/v1",
    "Service": "core/v1",
    "Endpoints": "core/v1",
    "NetworkPolicy": "networking.k8s.io/v1",
    "Deployment": "apps/v1",
    "CronJob": "batch/v1",
    "CiliumNetworkPolicy": "cilium.io/v2",
}


def provider(name: str = "hamar", **props: Any) -> Provider:
    return Provider(f"{PREFIX}pulumi:providers:kubernetes::{name}", "pulumi:providers:kubernetes", name, props)


def resource(kind: str, name: str, body: dict[str, Any], **more: Any) -> Resource:
    """One resource of the provider hamar, unless told otherwise."""
    type_ = f"kubernetes:{TYPES[kind.removesuffix('Patch').removesuffix('List')]}:{kind}"
    return Resource(f"{PREFIX}{type_}::{name}", type_, name, body, **{"provider": provider(), **more})


def namespace(name: str, labels: dict[str, Any] | None = None) -> Resource:
    return resource("Namespace", name, {"metadata": {"name": name, "labels": labels or {}}})


def policy(where: str, name: str, **spec: Any) -> Resource:
    return resource("NetworkPolicy", f"{where}-{name}", {"metadata": {"name": name, "namespace": where}, "spec": spec})


def pod(
    where: str, name: str, labels: dict[str, Any] | None = None, address: str | None = None, **spec: Any
) -> Resource:
    body = {"metadata": {"name": name, "namespace": where, "labels": labels or {}}, "spec": spec}
    outputs = {"status": {"podIP": address}} if address else {}
    return resource("Pod", f"{where}-{name}", body, outputs=outputs)


def registered(declaration: Declaration) -> list[Resource]:
    """Everything that the program registers for a declaration."""
    return [
        Resource(
            f"{PREFIX}{each.type}::{each.name}",
            each.type,
            each.name,
            each.inputs,
            provider(each.provider.rpartition("::")[0].rpartition("::")[2]) if each.provider else None,
        )
        for each in shape(declaration)
    ]


def networks(declaration: Declaration) -> dict[str, AddressSet]:
    """The addresses of each site's segments, as the program tells every judge."""
    return {name: AddressSet.of(network) for name, network in intent(declaration)["networks"].items()}
