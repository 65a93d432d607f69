"""What the entries of EC2 share."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sandbox.aws_plugin.answers import tag_list, tag_map
from sandbox.aws_plugin.resource_type import Scope, Step, Tagging


def tag_specifications(kind: str) -> Callable[[Scope], Any]:
    """The parameter that tags an object of this kind while it is created; None without tags."""

    def parameter(scope: Scope) -> Any:
        tags = scope.inputs.get("tagsAll")
        return [{"ResourceType": kind, "Tags": tag_list(tags)}] if tags else None

    return parameter


def _read(item: Mapping[str, Any], _scope: Scope) -> Mapping[str, str]:
    return tag_map(item.get("Tags"))


def write_tags(scope: Scope, tags: Mapping[str, str]) -> None:
    """Set these tags on the scope's object."""
    scope.call("create_tags", Resources=[scope.id], Tags=tag_list(tags))


def remove_tags(scope: Scope, keys: Sequence[str]) -> None:
    """Remove these tags from the scope's object."""
    scope.call("delete_tags", Resources=[scope.id], Tags=[{"Key": key} for key in keys])


TAGGED_WHEN_CREATED = Tagging(_read, write_tags, remove_tags, at_create=False)
TAGGED_LATER = Tagging(_read, write_tags, remove_tags)


def arn(kind: str) -> Callable[[Mapping[str, Any], Scope], str]:
    """The ARN of an object whose answer names only its owner."""
    return lambda item, scope: f"arn:aws:ec2:{scope.region}:{item['OwnerId']}:{kind}/{scope.id}"


def present(operation: str, parameter: str, answer: str) -> Step:
    """A step that finds an object by its id, unless AWS only remembers that it was deleted."""

    def find(scope: Scope) -> Any:
        parameters: dict[str, Any] = {parameter: [scope.id]}
        found = scope.call(operation, **parameters)[answer]
        return next((item for item in found if item["State"] not in ("deleting", "deleted")), None)

    return find
