"""What the entries of Elastic Load Balancing share: tags, and attributes that are asked for and set by a dotted key."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sandbox.aws_plugin.answers import at, tag_list, tag_map
from sandbox.aws_plugin.equivalence import equivalent
from sandbox.aws_plugin.resource_type import Output, Scope, Tagging


def _read_tags(_item: Mapping[str, Any], scope: Scope) -> Mapping[str, str]:
    return tag_map(at(scope.call("describe_tags", ResourceArns=[scope.id]), "TagDescriptions[0].Tags"))


def _write_tags(scope: Scope, tags: Mapping[str, str]) -> None:
    scope.call("add_tags", ResourceArns=[scope.id], Tags=tag_list(tags))


def _remove_tags(scope: Scope, keys: Sequence[str]) -> None:
    scope.call("remove_tags", ResourceArns=[scope.id], TagKeys=keys)


TAGGING: Final = Tagging(_read_tags, _write_tags, _remove_tags, at_create=False)


def new_tags(scope: Scope) -> Any:
    """The parameter that tags an object while it is created."""
    return tag_list(scope.inputs.get("tagsAll")) or None


@dataclass(frozen=True)
class Attributes:
    """The attributes of one kind of object: property → AWS's key."""

    keys: Mapping[str, str]
    describe: str
    modify: str
    parameter: str

    def read(self, scope: Scope) -> dict[str, str]:
        """All attributes that AWS tells, by AWS's keys."""
        answer = scope.call(self.describe, **{self.parameter: scope.id})
        return {attribute["Key"]: attribute["Value"] for attribute in answer["Attributes"]}

    def sync(self, scope: Scope) -> None:
        """Set the attributes that are not as wanted."""
        live = self.read(scope)
        changed = [
            {"Key": key, "Value": _text(scope.inputs[name])}
            for name, key in self.keys.items()
            if scope.inputs.get(name) is not None and self._differs(scope, name, live.get(key))
        ]
        if changed:
            scope.call(self.modify, **{self.parameter: scope.id}, Attributes=changed)

    def _differs(self, scope: Scope, name: str, live: str | None) -> bool:
        wanted = scope.inputs[name]
        if live is None:
            # An attribute that AWS does not tell is at its default, which needs no call.
            spec = scope.type.inputs[name]
            return spec.default is None or not equivalent(wanted, spec.default)
        return not equivalent(_text(wanted), live)

    def outputs(self, names: Iterable[str] = ()) -> dict[str, Output]:
        """How the attributes are read back: from `item["Attributes"]`, which the read step fills."""
        return {name: _output(name, key) for name, key in self.keys.items() if not names or name in names}


def _output(name: str, key: str) -> Callable[[Mapping[str, Any], Scope], Any]:
    def output(item: Mapping[str, Any], scope: Scope) -> Any:
        # Not every attribute exists for every type of balancer, and moto tells some only once they were set.
        value = item["Attributes"].get(key)
        if value is not None:
            return value
        known = scope.get(name)
        return scope.type.inputs[name].default if known is None else known

    return output


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
