"""The law of access: what no gateway may ever let through, whoever grants it."""
# Annotations are evaluated here (no __future__ import): they are the schema.

from dataclasses import dataclass
from typing import Annotated

from enclave_policies.law.forms import CountryCode, FactFile
from located_yaml.records import AtLeast, Matching

DataClass = Annotated[str, Matching(r"[a-z0-9][a-z0-9-]*", "the name of a data class such as restricted")]
NeverId = Annotated[str, Matching(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", "a name in lower case such as located-in-china")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Never:
    """Data of these classes is never reached by people who are in, or work for whom is controlled from, a country."""

    id: NeverId
    classes: Annotated[tuple[DataClass, ...], AtLeast(1)]
    located: tuple[CountryCode, ...] = ()
    controlled_from: tuple[CountryCode, ...] = ()
    source: str

    def forbids(self, data_class: str, location: str, controlled_from: str) -> bool:
        """Return whether somebody there, employed so, may never reach data of a class."""
        return data_class in self.classes and (location in self.located or controlled_from in self.controlled_from)


@dataclass(frozen=True, slots=True, kw_only=True)
class NeverFile(FactFile):
    """never.yaml."""

    never: tuple[Never, ...]


@dataclass(frozen=True, slots=True)
class Access:
    """The law of access as rules see it."""

    never: tuple[Never, ...] = ()
