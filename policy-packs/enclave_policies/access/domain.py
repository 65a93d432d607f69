"""Every question that a gateway can be asked, as finitely many as tell all of them apart.

Countries, employers, classes and purposes are finite by themselves. Of a grant's numbers only those matter that a
policy compares with, and the next ones. Countries that no policy and no row of the law names are decided alike, where
policies do nothing with texts but compare them whole: then one of them stands for all.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
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
PARTS: Final = frozenset({"like", "is", "in", "Literal"})
"""Operators that look into a text: each country is asked about by itself then."""
COMPARING: Final = frozenset({"==", "!=", "<", "<=", ">", ">="})
ORDERING: Final = COMPARING - {"==", "!="}
SOMEBODY: Final = "somebody"
MINUTES: Final = "minutes"


@dataclass(frozen=True)
class Apart:
    """What else tells answers apart, beside the policies: countries that are named elsewhere, lengths in minutes."""

    countries: frozenset[str] = frozenset()
    minutes: frozenset[int] = frozenset()


ALONE: Final = Apart()


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


def domain_of(
    policies: str, settings: Settings, never: Iterable[Never], countries: Sequence[str], apart: Apart = ALONE
) -> Domain:
    """Return the domain of a bundle under a law; ``countries`` are all that there are. Raises ValueError."""
    expressions = list(_expressions(json.loads(policies_to_json_str(policies))))
    operators = {name for each in expressions for name in each}
    if odd := sorted(operators - WHOLE - PARTS):
        raise ValueError(f"the policies use {', '.join(odd)}, so nobody can tell which questions tell answers apart")
    named = {each["Value"] for each in expressions if isinstance(each.get("Value"), str)}
    named |= {code for row in never for code in (*row.located, *row.controlled_from)} | apart.countries
    alike = [country for country in countries if country not in named] if operators <= WHOLE else []
    standing = {country: 1 for country in countries if country not in set(alike)}
    if alike:
        standing[alike[0]] = len(alike)
    return Domain(
        standing,
        {name: employer.controlled_from for name, employer in settings.employers.items()},
        tuple(sorted({route.data_class for route in settings.routes})),
        tuple(sorted(settings.purposes)),
        tuple(Grant(**given) for given in _grants(expressions, apart.minutes)),
    )


def _grants(expressions: Sequence[Mapping[str, Any]], minutes: frozenset[int]) -> Iterator[dict[str, Any]]:
    """Yield grants that differ in all that a policy looks at: what none names has its default."""
    looked_at = {each["."]["attr"] for each in expressions if "." in each}
    values: dict[str, Sequence[Any]] = {}
    for part in fields(Grant):
        if part.name not in looked_at:
            continue
        if isinstance(part.default, bool):
            values[part.name] = (False, True)
        else:
            numbers = {*_compared(expressions, part.name), *(minutes if part.name == MINUTES else ())}
            around = {number + step for number in numbers for step in (-1, 0, 1)}
            values[part.name] = sorted({0, *(number for number in around if number >= 0)})
    for chosen in product(*values.values()):
        yield dict(zip(values, chosen, strict=True))


def _compared(expressions: Iterable[Mapping[str, Any]], attribute: str) -> Iterator[int]:
    """Yield the numbers that an attribute is compared with. Raises ValueError where two attributes are compared."""
    for each in expressions:
        (operator,) = each
        sides = (each[operator]["left"], each[operator]["right"]) if operator in COMPARING else ()
        numbers = [side["Value"] for side in sides if type(side.get("Value")) is int]
        others = {side["."]["attr"] for side in sides if "." in side}
        if operator in ORDERING and not (numbers and others):
            raise ValueError(f"the policies compare ({operator}) what is no number with an attribute; name the number")
        if numbers and attribute in others:
            yield from numbers


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
