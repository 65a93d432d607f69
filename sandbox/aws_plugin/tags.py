"""Tags: `tagsAll` is what the object carries, `tags` the part that the program asked for."""

from collections.abc import Callable, Mapping
from typing import Any

from sandbox.aws_plugin.provider_config import ProviderConfig
from sandbox.aws_plugin.resource_type import Scope, Tagging, Update
from sandbox.aws_plugin.wire import UNKNOWN, contains_unknown


def merged(tags: Any, config: ProviderConfig) -> Any:
    """A resource's tags over the provider's default ones; unknown when any of them is."""
    if tags is UNKNOWN or contains_unknown(tags):
        return UNKNOWN
    return _not_ignored({**config.default_tags, **(tags or {})}, config)


def split(carried: Mapping[str, str], asked: Mapping[str, Any] | None, config: ProviderConfig) -> dict[str, Any]:
    """`tags` and `tagsAll` of an object that carries these; a default tag is among `tags` only if it was asked for."""
    everything = _not_ignored({k: v for k, v in carried.items() if not k.startswith("aws:")}, config)
    own = {k: v for k, v in everything.items() if k in (asked or {}) or config.default_tags.get(k) != v}
    return {"tagsAll": everything, "tags": own if own or asked is not None else None}


def _not_ignored(tags: Mapping[str, str], config: ProviderConfig) -> dict[str, str]:
    return {
        key: value
        for key, value in tags.items()
        if key not in config.ignored_tags and not key.startswith(config.ignored_tag_prefixes or ("\0",))
    }


def update_of(tagging: Tagging) -> Update:
    """The step that brings an object's tags to the wanted `tagsAll`."""
    return Update(on=("tagsAll",), step=_apply(tagging), at_create=tagging.at_create)


def _apply(tagging: Tagging) -> Callable[[Scope], Any]:
    def step(scope: Scope) -> None:
        wanted, known = scope.inputs.get("tagsAll") or {}, scope.state.get("tagsAll") or {}
        surplus = sorted(set(known) - set(wanted))
        changed = {key: value for key, value in wanted.items() if known.get(key) != value}
        if surplus:
            tagging.remove(scope, surplus)
        if changed:
            tagging.write(scope, changed)

    return step
