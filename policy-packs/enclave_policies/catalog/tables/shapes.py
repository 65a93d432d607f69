"""The shape of the tables: strict, every group with its reason, every file with its source and day."""
# Annotations are evaluated here (no __future__ import): they are the schema.

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated

from enclave_policies.catalog.controllers import Naming, Runs
from enclave_policies.catalog.encryption import Absent
from enclave_policies.catalog.kinds import Kind
from enclave_policies.catalog.objects import Decides, Site
from enclave_policies.catalog.openings import Opening
from enclave_policies.catalog.roles import Role
from enclave_policies.catalog.switches import SwitchVerdict
from located_yaml.records import AtLeast, Matching

WORD = r"[$A-Za-z_][$\w-]*"
Token = Annotated[
    str,
    Matching(r"[a-z][a-z0-9-]*:(\*|[\w./-]+:[\w-]+)", "a type such as aws:s3/bucket:Bucket, nor a package's PACKAGE:*"),
]
InputPath = Annotated[
    str, Matching(rf"{WORD}(\.{WORD})*", "a path of inputs such as rules.destination.bucket (no list indices)")
]
SettingPath = Annotated[
    str,
    Matching(
        rf"{WORD}(\[\w+=[^\].]+\])?(\.{WORD}(\[\w+=[^\].]+\])?)*",
        "a path of inputs such as vpcConfig.endpointPublicAccess, or settings[name=ELBScheme].value for a named item",
    ),
]
ObjectKind = Annotated[str, Matching(r"[a-z0-9.]+/[A-Z]\w+", "a kind such as apps/Deployment")]
RuleId = Annotated[str, Matching(r"[A-Z]{3}-\d{3}", "a rule's id such as JUR-020")]
ControllerName = Annotated[
    str, Matching(r"[\w*./:-]+", "a name such as driver.longhorn.io, or with wildcards *.rbd.csi.ceph.com")
]
File = Annotated[str, Matching(r"[a-z0-9-]+(/[a-z0-9-]+)*\.yaml", "a table's file such as kinds/aws.yaml")]
Files = Annotated[tuple[File, ...], AtLeast(1)]
Tokens = Annotated[tuple[Token, ...], AtLeast(1)]
Texts = Annotated[tuple[str, ...], AtLeast(1)]
Days = Annotated[int, AtLeast(1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """manifest.yaml: every table that the catalog is made of."""

    kinds: Files
    inputs: Files
    switches: Files
    openings: Files
    objects: Files
    controllers: Files
    models: Files
    names: Annotated[Mapping[str, Files], AtLeast(1)]
    encryption: Files


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """What every table says of itself: where it is from, and when somebody last checked it."""

    source: str
    as_of: date
    stale_after_days: Days | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Entries that stand in a table for one reason; ``source`` and ``as_of`` where they are not the table's."""

    reason: str
    source: str | None = None
    as_of: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KindGroup(Group):
    """Types of one kind; those in ``each`` have a reason of their own."""

    kind: Kind
    types: tuple[Token, ...] = ()
    each: Mapping[Token, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class KindTable(Table):
    """kinds/*.yaml."""

    groups: Annotated[tuple[KindGroup, ...], AtLeast(1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What is known of some types that are alike in this."""

    types: Tokens
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InputRow(Row):
    """The roles of inputs by path; ``because`` gives reasons for some of them."""

    inputs: Annotated[Mapping[InputPath, Role], AtLeast(1)]
    because: Mapping[InputPath, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class InputGroup(Group):
    """Inputs of one meaning."""

    entries: Annotated[tuple[InputRow, ...], AtLeast(1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class InputTable(Table):
    """inputs/*.yaml."""

    groups: Annotated[tuple[InputGroup, ...], AtLeast(1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class BesideRow:
    """What another setting must be: one of ``values``, or with ``absent`` not there."""

    path: SettingPath
    values: tuple[str, ...] = ()
    absent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingRow:
    """One setting: speaks for ``values``, or for all but ``only``; with ``absent`` for one that is not there, too.

    ``within``: of each object there; ``when``: only where all of these hold; ``unless``: not where one of them does.
    """

    path: SettingPath
    verdict: SwitchVerdict
    says: str
    values: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    absent: bool = False
    unless_approved: InputPath | None = None
    within: InputPath | None = None
    when: tuple[BesideRow, ...] = ()
    unless: tuple[BesideRow, ...] = ()
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SwitchRow(Row):
    """The settings of some types."""

    settings: Annotated[tuple[SettingRow, ...], AtLeast(1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class SwitchGroup(Group):
    """Settings that widen a type in one way; ``opening``: they let somebody in."""

    opening: bool = False
    entries: Annotated[tuple[SwitchRow, ...], AtLeast(1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class SwitchTable(Table):
    """switches/*.yaml."""

    groups: Annotated[tuple[SwitchGroup, ...], AtLeast(1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningGroup(Group):
    """Types that are judged alike by whom they let in."""

    by: Annotated[tuple[Opening, ...], AtLeast(1)]
    types: Tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningTable(Table):
    """openings/*.yaml."""

    groups: Annotated[tuple[OpeningGroup, ...], AtLeast(1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ControllerGroup(Group):
    """Names of controllers (lower case, ``*`` a wildcard) that act in the same place."""

    named: Naming
    runs: Runs
    names: Annotated[tuple[ControllerName, ...], AtLeast(1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ControllerTable(Table):
    """controllers/*.yaml."""

    groups: Annotated[tuple[ControllerGroup, ...], AtLeast(1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ControllerRow:
    """An input at ``path`` that names one of the controllers that are known to act in one of these places."""

    path: InputPath
    named: Naming
    runs: Annotated[tuple[Runs, ...], AtLeast(1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectInputRow:
    """An input of some kinds: what it decides, and what it means where it is left out (``absent``).

    ``by``: the rule that judges it, and with a ``verdict`` its absence, too; ``when``, ``within``: as in switches/;
    ``unless``: not where one of these controllers acts.
    """

    path: InputPath
    decides: Decides
    absent: str
    by: RuleId
    verdict: SwitchVerdict = "allowed"
    within: InputPath | None = None
    when: tuple[BesideRow, ...] = ()
    unless: tuple[ControllerRow, ...] = ()
    on: Site = "any"
    unannotated: Mapping[str, Texts] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectGroup(Group):
    """Kinds of which the same is known; ``below``: the path under which each has these inputs."""

    kinds: tuple[ObjectKind, ...] = ()
    below: Mapping[ObjectKind, InputPath] = field(default_factory=dict)
    inputs: tuple[ObjectInputRow, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectTable(Table):
    """objects/*.yaml."""

    groups: Annotated[tuple[ObjectGroup, ...], AtLeast(1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelRow(Row):
    """Inputs that name a model."""

    paths: Annotated[tuple[InputPath, ...], AtLeast(1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelGroup(Group):
    """Inputs that name models for one reason."""

    entries: Annotated[tuple[ModelRow, ...], AtLeast(1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelTable(Table):
    """models/*.yaml: a profile's prefix with the regions that may answer, and the inputs that name a model."""

    profiles: Mapping[str, Texts] = field(default_factory=dict)
    groups: tuple[ModelGroup, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NameGroup(Group):
    """Names of inputs, or dotted ends of paths, with the role that they have in every type."""

    names: Annotated[Mapping[InputPath, Role], AtLeast(1)]
    because: Mapping[InputPath, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class NameTable(Table):
    """names/PACKAGE/*.yaml."""

    groups: Annotated[tuple[NameGroup, ...], AtLeast(1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """When a row is asked: of each object at ``within``; not where ``unless`` is set; only where ``when`` is."""

    within: InputPath | None = None
    unless: InputPath | None = None
    when: InputPath | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRow(Asked):
    """An input that names a key, or with ``configuration`` a configuration that holds one."""

    path: InputPath
    absent: Absent
    elsewhere: bool = False
    configuration: bool = False
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeySetting(Asked):
    """A setting that must have one of ``values`` before a customer key is used."""

    path: InputPath
    values: Texts
    absent: Absent
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Resources of ``type`` hold the key of the one that their input ``path`` names."""

    type: Token
    path: InputPath


@dataclass(frozen=True, slots=True, kw_only=True)
class Hopeless(Asked):
    """No customer key can encrypt it, and why."""

    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EncryptionRow(Row):
    """How some types keep their data secret; at most one of ``inherits``, ``cannot`` and ``keeps_no_data``."""

    inherits: str | None = None
    cannot: Hopeless | None = None
    keeps_no_data: bool = False
    of: InputPath | None = None
    by: tuple[Holder, ...] = ()
    keys: tuple[KeyRow, ...] = ()
    settings: tuple[KeySetting, ...] = ()
    no_keys: tuple[InputPath, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EncryptionGroup(Group):
    """Types of one part of the cloud."""

    entries: Annotated[tuple[EncryptionRow, ...], AtLeast(1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class EncryptionTable(Table):
    """encryption/*.yaml."""

    groups: Annotated[tuple[EncryptionGroup, ...], AtLeast(1)]
