"""Encryption configurations of Kubernetes API servers: who encrypts Secrets before they are stored.

Source: Kubernetes documentation, "Encrypting Confidential Data at Rest" and "Using a KMS provider for data encryption".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from enclave_policies.kubernetes.objects import entries, mapping, objects_of
from enclave_policies.resources.unknown import UNKNOWN
from located_yaml import ProblemsError
from located_yaml.loader import loads

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.resources.resource import Resource

KIND: Final = "EncryptionConfiguration"
KEYS_IN_THE_FILE: Final = frozenset({"aescbc", "aesgcm", "secretbox"})
SECRETS: Final = frozenset({"secrets", "*.", "*.*"})
SOCKET: Final = "unix:///"


def configurations(resource: Resource) -> Iterator[tuple[str, str, Any]]:
    """Yield the encryption configurations that a resource carries; UNKNOWN where unreadable.

    Each with what it is called in messages, and the path of what decides.
    """
    for found in objects_of(resource):
        if found.kind == KIND:
            yield found.path or KIND, f"{found.path}resources", found.body
        data = mapping(found.body.get("data"))
        if found.kind == "ConfigMap" and data is not UNKNOWN:
            for name, text in data.items():
                if isinstance(text, str) and KIND in text:
                    path = f"{found.path}data.{name}"
                    yield path, path, _read(text)


def troubles(configuration: Any) -> Iterator[str]:
    """Yield in words what leaves Secrets readable for whoever reads the store."""
    if not isinstance(configuration, dict):
        yield "holds an encryption configuration that cannot be read"
        return
    covered = False
    for entry in entries(configuration.get("resources")):
        rules = mapping(entry)
        if rules is UNKNOWN:
            yield "holds an encryption configuration that is not known yet"
            continue
        if SECRETS.isdisjoint(str(each) for each in entries(rules.get("resources"))):
            continue
        covered = True
        yield from _of_providers(entries(rules.get("providers")))
    if not covered:
        yield "encrypts no Secrets: no entry of its resources names secrets"


def _of_providers(providers: list[Any]) -> Iterator[str]:
    names = [next(iter(one), UNKNOWN) if isinstance(one, dict) else UNKNOWN for one in providers]
    if not names or names[0] is UNKNOWN:
        yield "names no provider that encrypts Secrets, or one that is not known yet"
    elif names[0] == "identity":
        yield "stores Secrets in plaintext: identity is the first provider, which writes"
    elif names[0] != "kms":
        yield f"encrypts Secrets by {names[0]}, whose key is no HSM's"
    if not KEYS_IN_THE_FILE.isdisjoint(str(name) for name in names):
        yield "holds keys in the configuration itself"
    for one in providers:
        plugin = mapping(one.get("kms")) if isinstance(one, dict) and "kms" in one else {}
        if plugin is UNKNOWN or (plugin and plugin.get("apiVersion") != "v2"):
            yield "asks a KMS plugin of version 1, which Kubernetes has deprecated"
        elif plugin and not str(plugin.get("endpoint", "")).startswith(SOCKET):
            yield "asks a KMS plugin that is no socket of the same host"


def _read(text: str) -> Any:
    try:
        return loads(text, KIND).data
    except ProblemsError:
        return UNKNOWN
