"""The mix as an exported Pulumi state, as `pulumi stack export` writes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchmarks.mixed import region

if TYPE_CHECKING:
    from benchmarks.mixed import Made, Mix

_urn = "urn:pulumi:local::enclave::"
_intent = "enclave:index:NetworkIntent"
_stack = f"{_urn}pulumi:pulumi:Stack::enclave-local"
_id = "6f1c8f0e-5a3f-4c1e-9f0a-0b1d2c3e4f5a"
_at = "2026-11-22T00:00:00.000000000Z"
_kubeconfig = """apiVersion: v1
kind: Config
current-context: hamar
contexts: [{name: hamar, context: {cluster: hamar, user: operator}}]
clusters: [{name: hamar, cluster: {server: "https://k8s.hamar.example:6443"}}]
users: [{name: operator, user: {client-certificate-data: "", client-key-data: ""}}]
"""
_providers = {
    "pulumi:providers:aws": ("dublin-1", {"region": region, "skipMetadataApiCheck": "true", "version": "7.51.1"}),
    "pulumi:providers:kubernetes": ("hamar", {"kubeconfig": _kubeconfig, "version": "4.34.2"}),
}


def as_export(mix: Mix) -> dict[str, Any]:
    """Return a state (version 3) of the stack `local`: its two providers, what its network is meant to do, the rest."""
    entries = [{"urn": _stack, "custom": False, "type": "pulumi:pulumi:Stack", "created": _at, "modified": _at}]
    for type_, (name, inputs) in _providers.items():
        entries.append(_entry(f"{_urn}{type_}::{name}", type_, _id, inputs, inputs))
    meant = {"urn": f"{_urn}{_intent}::meant", "custom": False, "type": _intent, "parent": _stack, "inputs": mix.meant}
    entries.append({**meant, "outputs": mix.meant, "created": _at, "modified": _at})
    entries += [_resource(made) for made in mix.made]
    manifest = {"time": _at, "magic": "", "version": "v3.259.0"}
    return {"version": 3, "deployment": {"manifest": manifest, "resources": entries}}


def urn(made: Made) -> str:
    """Return the resource's URN."""
    return f"{_urn}{made.entry.type}::{made.name}"


def _resource(made: Made) -> dict[str, Any]:
    kind = "pulumi:providers:aws" if made.entry.is_aws else "pulumi:providers:kubernetes"
    id_ = made.name if made.entry.is_aws else f"{made.inputs['metadata'].get('namespace', '')}/{made.name}".lstrip("/")
    provider = f"{_urn}{kind}::{_providers[kind][0]}::{_id}"
    return _entry(urn(made), made.entry.type, id_, made.inputs, _outputs(made, id_)) | {"provider": provider}


def _entry(urn_: str, type_: str, id_: str, inputs: Any, outputs: Any) -> dict[str, Any]:
    return {
        "urn": urn_,
        "custom": True,
        "id": id_,
        "type": type_,
        "inputs": inputs,
        "outputs": outputs,
        "parent": _stack,
        "created": _at,
        "modified": _at,
    }


def _outputs(made: Made, id_: str) -> dict[str, Any]:
    """Return the inputs and a little of what a plugin adds to them."""
    if not made.entry.is_aws:
        return {**made.inputs, "status": {}}
    added = {"id": id_, "arn": made.arn}
    tags = made.inputs.get("tags")
    return {**made.inputs, **added, "tagsAll": tags} if isinstance(tags, dict) else {**made.inputs, **added}
