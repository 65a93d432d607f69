"""The countries that the law names, and the sets that rules speak of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from enclave_policies.law.folder.sources import COUNTRIES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from enclave_policies.law.folder.parts import Row
    from enclave_policies.law.folder.sources import Sources
    from located_yaml import Problem

HOST = "host"
"""The set of the countries that approved.yaml lets host; no file may define it otherwise."""


@dataclass(frozen=True)
class Atlas:
    """Names by country code, and sets of codes by name."""

    names: Mapping[str, str]
    sets: Mapping[str, frozenset[str]]
    problems: list[Problem]

    def check(self, entry: Row[Any], country: str | None, *inside: str | int) -> None:
        """Note a country that the law does not name."""
        if country is not None and country not in self.names:
            message = f"country '{country}' is not in countries.yaml; correct it or add it there"
            self.problems.append(entry.problem(message, *inside))

    def members(self, entry: Row[Any], names: Iterable[str], *inside: str | int) -> frozenset[str]:
        """Return the countries behind a list of countries and sets; unknown ones are noted."""
        result: set[str] = set()
        for index, name in enumerate(names):
            if name in self.sets:
                result |= self.sets[name]
            elif name in self.names:
                result.add(name)
            else:
                message = f"'{name}' is no country and no set of countries.yaml; sets: {', '.join(sorted(self.sets))}"
                self.problems.append(entry.problem(message, *inside, index))
        return frozenset(result)


def read_atlas(sources: Sources) -> Atlas:
    """Return the atlas: the sets of countries.yaml and of the local files, and the hosts."""
    names = {code: entry.value for code, entry in sources.table("country", COUNTRIES, "names").items()}
    sets = sources.table("set", COUNTRIES, "sets")
    hosts = sources.approvals("host", "host")
    atlas = Atlas(
        names,
        {**{name: frozenset(entry.value) for name, entry in sets.items()}, HOST: frozenset(hosts)},
        sources.problems,
    )
    for name, entry in sets.items():
        if name == HOST:
            atlas.problems.append(entry.problem("the set 'host' is what approved.yaml says; choose another name"))
        for index, country in enumerate(entry.value):
            atlas.check(entry, country, index)
    for country, entry in hosts.items():
        atlas.check(entry, country)
    return atlas
