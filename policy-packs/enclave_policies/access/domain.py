"""Every question that a gateway can be asked, as finitely many as tell all of them apart.

Countries, employers, classes and purposes are finite by themselves. Of a grant's numbers only those matter that a
policy compares with, and the next ones. Countries that no policy and no row of the law names are decided alike, where
policies do nothing with texts but compare them whole: then one of them stands for all.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any, Final

from cedarpy import policies_to_json_str

from hosts.gateway.decision import Grant, Question

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from enclave_policies.law.access import Never
    from hosts.gateway.bundle import Settings

WHOLE: Final = frozenset(
    {"==", "!=", "contains", "containsAny", "containsAll", "&&", "||", "!", "Set", "Value", "Var", ".", "has"}
    | {"<", "<=", ">", ">=", "if-then-else"}
)
"""Operators that look at a text as a whole (Cedar's JSON policy format, "JsonExpr objects")."""
SOMEBODY: Final = "somebody"


@dataclass(frozen=True)
class Domain:
    """The questions: for each country that stands for others, how many it stands for."""

    countries: Mapping[str, int]
    employers: Mapping[str, str]  # name → the country that it is controlled from
    classes: tuple[str, ...]
    purposes: tuple[str, ...]
    grants: tuple[Grant, ...]

    @property
    def asked(self) -> int:
        """How many questions are put."""
        return len(self.countries) * self._others

    @property
    def stands_for(self) -> int:
        """How many questions these stand for: one for each country there is."""
        return sum(self.countries.values()) * self._others

    @property
    def _others(self) -> int:
        return len(self.employers) * len(self.classes) * len(self.purposes) * len(self.grants)

    def questions(self) -> Iterator[Question]:
        """Yield every question."""
        for location, (employer, controlled), data_class, purpose, grant in product(
            self.countries, self.employers.items(), self.classes, self.purposes, self.grants
        ):
            yield Question(SOMEBODY, location, employer, controlled, data_class, purpose, grant)


def domain_of(policies: str, settings: Settings, never: Iterable[Never], countries: Sequence[str]) -> Domain:
    """Return the domain of a bundle under a law; ``countries`` are all that there are. Raises ValueError."""
    expressions = list(_expressions(json.loads(policies_to_json_str(policies))))
    operators = {name for each in expressions for name in each}
    named = {text for text in _literals(expressions) if isinstance(text, str)}
    named |= {code for row in never for code in (*row.located, *row.controlled_from)}
    alike = [country for country in countries if country not in named] if operators <= WHOLE else []
    standing = {country: 1 for country in countries if country not in set(alike)}
    if alike:
        standing[alike[0]] = len(alike)
    numbers = {value for value in _literals(expressions) if isinstance(value, int) and not isinstance(value, bool)}
    around = sorted({0, *(value + step for value in numbers for step in (-1, 0, 1) if value + step >= 0)})
    return Domain(
        standing,
        {name: employer.controlled_from for name, employer in settings.employers.items()},
        tuple(sorted({route.data_class for route in settings.routes})),
        tuple(sorted(settings.purposes)),
        tuple(Grant(*values) for values in product((False, True), around, around, (False, True))),
    )


def _expressions(policy_set: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield each expression in the conditions of the policies; what stands in a policy's head is compared whole."""
    for policy in policy_set["staticPolicies"].values():
        pending = [condition["body"] for condition in policy["conditions"]]
        while pending:
            found = pending.pop()
            if isinstance(found, list):
                pending += found
            elif isinstance(found, dict):
                if len(found) == 1 and "__entity" not in found:
                    yield found
                pending += [item for item in found.values() if isinstance(item, dict | list)]


def _literals(expressions: Iterable[Mapping[str, Any]]) -> Iterator[Any]:
    for each in expressions:
        if "Value" in each:
            yield each["Value"]
