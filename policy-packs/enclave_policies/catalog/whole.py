"""The catalog as rules see it: what the inputs of each resource type do."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from enclave_policies.catalog.controllers import Controllers
from enclave_policies.catalog.model_profiles import ModelProfiles

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from enclave_policies.catalog.encryption import Encryption
    from enclave_policies.catalog.kinds import Kind
    from enclave_policies.catalog.objects import ObjectInput
    from enclave_policies.catalog.openings import Opening
    from enclave_policies.catalog.roles import Role
    from enclave_policies.catalog.switches import Switch


@dataclass(frozen=True, slots=True)
class Checked:
    """When the facts of a table, or of one of its groups, were last checked, and for how many days that holds."""

    file: str
    line: int
    as_of: date
    days: int | None


@dataclass(frozen=True, slots=True)
class Catalog:
    """Everything by type token: kinds (also ``PACKAGE:*``), inputs' roles, switches, openings, models, encryption.

    ``objects`` goes by GROUP/KIND of Kubernetes' own kinds. ``untagged``: the AWS types that take no tags.
    """

    kinds: Mapping[str, Kind] = field(default_factory=dict)
    inputs: Mapping[str, Mapping[str, Role]] = field(default_factory=dict)
    switches: Mapping[str, tuple[Switch, ...]] = field(default_factory=dict)
    openings: Mapping[str, tuple[Opening, ...]] = field(default_factory=dict)
    objects: Mapping[str, tuple[ObjectInput, ...]] = field(default_factory=dict)
    controllers: Controllers = field(default_factory=Controllers)
    models: ModelProfiles = field(default_factory=lambda: ModelProfiles({}, {}))
    encryption: Mapping[str, Encryption] = field(default_factory=dict)
    untagged: frozenset[str] = frozenset()
    checked: tuple[Checked, ...] = ()
