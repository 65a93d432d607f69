"""The vocabulary of the tables: how one resource type is created, read, updated and deleted through boto3.

A `Call` is a boto3 operation with a template of its parameters. In a template `"$name"` stands for the property of that
name and is dropped with its key when absent; `"$id"`, `"$region"` stand for themselves; a function gets the `Scope`.
Where one call does not do, a step may be a function of the `Scope`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from sandbox.aws_plugin.scope import Scope


@dataclass(frozen=True)
class Call:
    """One boto3 operation. Codes in `accept` count as success (the answer is then empty)."""

    operation: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    accept: tuple[str, ...] = ()
    service: str = ""


Step = Call | Callable[["Scope"], Any]
Output = str | Callable[[Mapping[str, Any], "Scope"], Any]


@dataclass(frozen=True)
class Input:
    """How the plugin treats one input.

    replace: a change makes a new resource. computed: AWS chooses when absent, so absence is never a change.
    unordered: a list whose order means nothing. document: JSON text, compared by meaning. kept: no API returns it, so
    the state remembers what was asked for. canonical: the form in which two values are compared.
    """

    replace: bool = False
    default: Any = None
    computed: bool = False
    unordered: bool = False
    document: bool = False
    kept: bool = False
    canonical: Callable[[Any], Any] | None = None


PLAIN: Final = Input()
REPLACE: Final = Input(replace=True)
COMPUTED: Final = Input(computed=True)
REPLACE_COMPUTED: Final = Input(replace=True, computed=True)
KEPT: Final = Input(kept=True)
SET: Final = Input(unordered=True)
COMPUTED_SET: Final = Input(unordered=True, computed=True)
DOCUMENT: Final = Input(document=True)


def default(value: Any, *, replace: bool = False, kept: bool = False) -> Input:
    """An input that has `value` unless the program says otherwise."""
    return Input(default=value, replace=replace, kept=kept)


@dataclass(frozen=True)
class Update:
    """A step that brings the properties in `on` to what is wanted.

    It also runs at creation, if one of them differs from what a fresh object has (`fresh`; absent means empty), unless
    the create step sets it already (`at_create=False`).
    """

    on: tuple[str, ...]
    step: Step
    fresh: Mapping[str, Any] = field(default_factory=dict)
    at_create: bool = True


@dataclass(frozen=True)
class Read:
    """How the object is found again: the answer's part at `item`, such as `Vpcs[0]`; `gone` are codes of absence."""

    step: Step
    item: str = ""
    gone: tuple[str, ...] = ()


@dataclass(frozen=True)
class AutoName:
    """Which property is named automatically (`name-1a2b3c4`), after the resource's own name."""

    key: str = "name"
    prefix_key: str = "namePrefix"
    template: str = "{}"
    longest: int = 255
    lower: bool = False

    def adapted(self, name: str) -> str:
        """`name` in the characters that AWS allows here."""
        return name.lower() if self.lower else name


@dataclass(frozen=True)
class Tagging:
    """How tags are read from an object and changed on it; `write` and `remove` get them in the scope (see `tags`)."""

    read: Callable[[Mapping[str, Any], "Scope"], Mapping[str, str]]
    write: Callable[["Scope", Mapping[str, str]], Any]
    remove: Callable[["Scope", Sequence[str]], Any]
    at_create: bool = True


@dataclass(frozen=True)
class ResourceType:
    """One row of the tables. `identity` is the path of the id in the create answer, or a `$property`, or a function.

    outputs: properties that do not simply carry AWS's name; a path into the item, or a function of item and scope.
    after_create: a second step, once the id is known; when it fails, the engine remembers a half-made object.
    moves: outputs that an update of these inputs changes, hence unknown in its preview.
    imports: from an import id to what `read` needs, `id` among it where that is another one.
    """

    token: str
    service: str
    inputs: Mapping[str, Input]
    create: Step
    identity: str | Callable[[Mapping[str, Any], "Scope"], str]
    read: Read
    delete: Step | None
    updates: tuple[Update, ...] = ()
    outputs: Mapping[str, Output] = field(default_factory=dict)
    auto_name: AutoName | None = None
    tagging: Tagging | None = None
    after_create: Step | None = None
    moves: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    imports: Callable[[str, "Scope"], Mapping[str, Any]] | None = None

    def keeps_name(self, wanted: Mapping[str, Any], state: Mapping[str, Any]) -> bool:
        """Whether a replacement would have the name of the old object, which must then go first."""
        return self.auto_name is not None and wanted.get(self.auto_name.key) == state.get(self.auto_name.key)
