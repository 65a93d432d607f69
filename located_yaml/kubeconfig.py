"""A kubeconfig as its clients read it: one reader, whatever form it was given in (YAML, JSON, a mapping).

It stands in this leaf because both who provisions a cluster and who judges it must read the same.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import ssl
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any, Final

from located_yaml.loader import loads
from located_yaml.problems import ProblemsError

FILE: Final = "kubeconfig"
MERGE_KEY: Final = "<<"
PEM_BEGIN: Final = "-----BEGIN CERTIFICATE-----"


class KubeconfigError(Exception):
    """A kubeconfig that cannot be judged; the text goes on where a sentence begins with the provider's name."""


def read_kubeconfig(given: Any) -> Mapping[str, Any]:
    """Return the content of an inline kubeconfig. Raises KubeconfigError for what is none, and for one that hides."""
    return _read(given if isinstance(given, str) else json.dumps(given, default=str))


def users_of(config: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return what a kubeconfig says of its users: how each logs in."""
    entries = config.get("users")
    found = [
        entry.get("user") for entry in (entries if isinstance(entries, list) else []) if isinstance(entry, Mapping)
    ]
    return [user for user in found if isinstance(user, Mapping)]


def cluster_of(
    config: Mapping[str, Any], context: str | None, cluster: str | None = None, *, shown: Callable[[str], str] = repr
) -> Mapping[str, Any]:
    """Return the cluster that a client talks to: of this context, else of the current one; ``cluster`` overrides both.

    ``shown`` makes a name fit for a message. Raises KubeconfigError where no single cluster is meant.
    """
    if cluster is None:
        cluster = _in_context(config, context, "cluster", shown)
    return _named(config, "clusters", "cluster", cluster, shown)


def user_of(config: Mapping[str, Any], context: str | None, *, shown: Callable[[str], str] = repr) -> Mapping[str, Any]:
    """Return how a client logs in, of this context, else of the current one. Raises KubeconfigError."""
    return _named(config, "users", "user", _in_context(config, context, "user", shown), shown)


def _in_context(config: Mapping[str, Any], context: str | None, kind: str, shown: Callable[[str], str]) -> Any:
    """Return the name of the cluster, or of the user, that a context names."""
    name = context or config.get("current-context")
    if not name:
        raise KubeconfigError("has a kubeconfig without a current context")
    found = _named(config, "contexts", "context", name, shown).get(kind)
    if not found:
        raise KubeconfigError(f"has a kubeconfig whose context {shown(str(name))} names no {kind}")
    return found


def _named(
    config: Mapping[str, Any], table: str, kind: str, name: Any, shown: Callable[[str], str]
) -> Mapping[str, Any]:
    entries = config.get(table)
    found = [
        entry.get(kind)
        for entry in (entries if isinstance(entries, list) else [])
        if isinstance(entry, Mapping) and entry.get("name") == name
    ]
    if len(found) != 1 or not isinstance(found[0], Mapping):
        raise KubeconfigError(f"has a kubeconfig with {len(found)} {table} named {shown(str(name))} (one is needed)")
    return found[0]


def ca_sha256(cluster: Mapping[str, Any]) -> str | None:
    """Return the SHA-256 (hex) of the DER form of the one certificate authority that a cluster is trusted by.

    None where there is none inline, or a second one, which would let a second cluster in.
    """
    data = cluster.get("certificate-authority-data")
    if not isinstance(data, str):
        return None
    try:
        text = base64.b64decode(data, validate=True).decode("ascii").strip()
        if text.count(PEM_BEGIN) != 1:
            return None
        return hashlib.sha256(ssl.PEM_cert_to_DER_cert(text)).hexdigest()
    except (binascii.Error, ValueError):
        return None


@lru_cache(maxsize=64)
def _read(text: str) -> Mapping[str, Any]:
    try:
        config = loads(text, FILE).data
    except ProblemsError:
        raise KubeconfigError("has a kubeconfig that is neither YAML nor JSON") from None
    if not isinstance(config, Mapping):
        raise KubeconfigError("has a kubeconfig by path, which no judge can read")
    if any(MERGE_KEY in entry for entry in _mappings(config)):
        raise KubeconfigError("has a kubeconfig with a merge key (<<), which may hide settings; write them out")
    return config


def _mappings(value: Any) -> Iterator[Mapping[Any, Any]]:
    if isinstance(value, Mapping):
        yield value
        value = [*value.values()]
    if isinstance(value, list):
        for item in value:
            yield from _mappings(item)
