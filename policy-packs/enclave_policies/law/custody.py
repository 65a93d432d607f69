"""The law of key custody: which data needs which key, which keys and stores lie elsewhere, who is foreign."""
# Annotations are evaluated here (no __future__ import): they are the schema.

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated

from enclave_policies.catalog.encryption import Encryption
from enclave_policies.law.forms import Account, CountryCode, DataClass, Days, FactFile, Organization
from located_yaml.records import AtLeast, Matching

KeyArn = Annotated[
    str,
    Matching(r"arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+", "the ARN of a KMS key (arn:aws:kms:…:key/…)"),
]
Endpoint = Annotated[str, Matching(r"https://[a-z0-9.-]+(:[0-9]+)?", "an https address without a path")]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedKey:
    """A customer key that another stack made: whose it is and what it may encrypt."""

    site: str
    country: CountryCode
    classes: Annotated[tuple[DataClass, ...], AtLeast(1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyStore:
    """An external key store's proxy, or a CloudHSM cluster (by its id): where the keys really are."""

    site: str
    country: CountryCode
    endpoint: Endpoint | None = None
    cluster: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outsiders:
    """The operator's foreign entities, with who they are: they may neither use nor administer a key."""

    accounts: Mapping[Account, str] = field(default_factory=dict)
    organizations: Mapping[Organization, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedStorage:
    """A storage class of a cluster that no stack makes, and what somebody found out about its encryption."""

    cluster: str
    encrypted_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CustodyFile(FactFile):
    """custody.yaml."""

    untagged: DataClass
    without_customer_key: tuple[DataClass, ...]
    deletion_window_days: Days
    rotation_days_at_most: Days
    imported_days_at_most: Days
    mac_purposes: tuple[str, ...]
    keys: Mapping[KeyArn, ListedKey] = field(default_factory=dict)
    key_stores: Mapping[str, KeyStore] = field(default_factory=dict)
    outsiders: Outsiders = Outsiders()
    storage_classes: Mapping[str, ListedStorage] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Provisioner:
    """What switches a provisioner's encryption on: ``setting`` must be one of ``values``, ``key`` names the key.

    ``inherits``: encrypted as that is; ``cannot``: never by itself, and why.
    """

    setting: str | None = None
    values: tuple[str, ...] = ("true",)
    key: str | None = None
    inherits: str | None = None
    cannot: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StorageFile(FactFile):
    """storage.yaml."""

    provisioners: Mapping[str, Provisioner]


@dataclass(frozen=True, slots=True)
class Custody:
    """Everything that the rules of key custody look up beside the jurisdiction's law."""

    decided: CustodyFile
    types: Mapping[str, Encryption]
    provisioners: Mapping[str, Provisioner]

    def needs_customer_key(self, classes: frozenset[str] | None) -> bool:
        """Return whether data of these classes needs a customer key; None: nobody said its classes."""
        return not (self.held(classes) or {"none"}) <= set(self.decided.without_customer_key)

    def held(self, classes: frozenset[str] | None) -> frozenset[str]:
        """Return the classes that something holds; None: nobody said them, so it counts as holding what is untagged."""
        return frozenset({self.decided.untagged}) if classes is None else classes
