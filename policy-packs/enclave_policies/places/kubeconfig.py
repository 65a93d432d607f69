"""A kubeconfig as its clients read it: one reader, whatever form it was given in (YAML, JSON, a mapping)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Final

from located_yaml import ProblemsError
from located_yaml.loader import loads

FILE: Final = "kubeconfig"
MERGE_KEY: Final = "<<"


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
