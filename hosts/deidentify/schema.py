"""Reads a schema: JSON lines, one for each flow and one for each of its fields, so a problem has a line.

{"flow": "visits", "class": "restricted", "purpose": "statistics", "recipient": "lab", "country": "US",
 "regimes": ["eu"], "measure": "pseudonymised"}
{"of": "visits", "field": "user", "do": "pseudonym"}
{"of": "visits", "field": "plan", "do": "keep", "values": ["free", "paid"]}
"""

from __future__ import annotations

import re
from decimal import Decimal
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final, TypeGuard, cast

from hosts.deidentify.errors import DeidentifyError, OddError, ProblemsError
from hosts.deidentify.flow import EPOCHS, MEASURES, REGIMES, Field, Flow, Groups, Noise
from hosts.deidentify.lines import parsed
from hosts.deidentify.reversal_schema import NAMED, is_name, reversal_of, shown

if TYPE_CHECKING:
    import argparse
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path

    from hosts.deidentify.flow import Do, Reversal

LARGEST: Final = 4 * 2**20
SMALLEST_GROUP: Final = 10
"""Fewer people are no group: whoever knows nine of them knows the tenth."""
MOST_GROUPS: Final = 100_000
Problem = tuple[int, str]
"""A line, and what is wrong with it."""
_COUNTRY: Final = re.compile(r"[A-Z]{2}")
_LONGEST_FIELD: Final = 200
_LONGEST_VALUE: Final = 64
_MOST_VALUES: Final = 1000
_MOST_YEARS: Final = 130
_OF_FLOW: Final = frozenset(
    {"flow", "class", "purpose", "recipient", "country", "regimes", "measure", "sandbox", "epoch", "groups", "reversal"}
)
_OF_FIELD: Final = {
    "drop": frozenset(),
    "keep": frozenset({"values"}),
    "pseudonym": frozenset(),
    "token": frozenset(),
    "country": frozenset(),
    "day": frozenset(),
    "age-band": frozenset({"width", "top"}),
    "person": frozenset(),
}
_GROUPED_BY: Final = frozenset({"keep", "country", "day", "age-band"})
_KNOWN_BEFORE: Final = frozenset({"keep", "age-band"})
"""With noise, every possible group leaves, also an empty one: else its presence would tell of a person."""


def read_schema(path: Path, digest: str | None = None) -> dict[str, Flow]:
    """Return the flows of a schema by name. Raises ProblemsError with every problem of the file at once.

    ``digest`` is the SHA-256 that the file must have, as the enclave's rules judged it; None: whichever it has.
    """
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except OSError as error:
        raise DeidentifyError(f"--schema {path} cannot be read ({error.strerror}); name a file that can") from None
    if len(content) > LARGEST:
        raise DeidentifyError(f"--schema {path} has more than {LARGEST} bytes; name the file that the enclave made")
    found = sha256(content).hexdigest()
    if digest is not None and digest != found:
        raise DeidentifyError(f"--schema {path} has the digest {found}, another is insisted on; deploy that one")
    flows, problems = flows_of(content)
    if problems:
        raise ProblemsError(f"{path}:{line}: {text}" for line, text in problems)
    return flows


def flow_of(options: argparse.Namespace) -> Flow:
    """Return the flow that --flow names, of the schema that --schema and --digest name. Raises DeidentifyError."""
    flows = read_schema(options.schema, options.digest)
    if options.flow not in flows:
        raise DeidentifyError(
            f"--flow {options.flow[:64]} is not in {options.schema}; it has: {', '.join(sorted(flows))}"
        )
    return flows[options.flow]


def flows_of(content: bytes) -> tuple[dict[str, Flow], list[Problem]]:
    """Return the flows of a schema by name, and every problem with its line; flows are whole only without problems."""
    reader = _Reader()
    for number, line in enumerate(content.splitlines(), start=1):
        reader.take(number, line)
    return reader.done()


class _Reader:
    """Gathers flows, fields and problems, line by line."""

    def __init__(self) -> None:
        self._flows: dict[str, tuple[int, Mapping[str, Any]]] = {}
        self._fields: dict[str, dict[str, tuple[int, Field]]] = {}
        self._damaged: set[str] = set()
        self._problems: list[Problem] = []

    def take(self, number: int, line: bytes) -> None:
        """Take one line in."""
        if not line.strip():
            return None
        try:
            row = parsed(line)
        except OddError as error:
            return self._refuse(number, f"is no JSON object on one line ({error}); write it as the enclave does")
        if "flow" in row:
            return self._flow(number, row)
        if "of" in row:
            return self._field(number, row)
        return self._refuse(number, 'is neither a flow ("flow": …) nor a field of one ("of": …); correct or remove it')

    def done(self) -> tuple[dict[str, Flow], list[Problem]]:
        """Return the flows and the problems."""
        made: dict[str, Flow] = {}
        for name, listed in self._fields.items():
            if name not in self._flows:
                number = min(line for line, _ in listed.values())
                self._refuse(number, f"flow '{name}' is declared nowhere; add its line, or correct 'of'")
        for name, (number, row) in self._flows.items():
            listed = self._fields.get(name, {})
            if not listed and name not in self._damaged:
                self._refuse(number, f"flow '{name}' lists no field, so nothing would leave; list its fields")
            groups = self._groups(number, row.get("groups"), {key: field for key, (_, field) in listed.items()})
            for line, problem in _out_of_place(number, row, listed.values()):
                self._refuse(line, problem)
            made[name] = Flow(
                name,
                str(row.get("class")),
                str(row.get("purpose")),
                str(row.get("recipient")),
                str(row.get("country")),
                tuple(row["regimes"]) if isinstance(row.get("regimes"), list) else (),
                fields=tuple(field for _, field in listed.values()),
                groups=groups,
                reversal=self._reversal(number, row.get("reversal")),
                sandbox=row.get("sandbox") is True,
                epoch=row.get("epoch") if row.get("epoch") in EPOCHS else None,
            )
            if row.get("measure") in MEASURES and row["measure"] != made[name].measure:
                text = f"'measure' is \"{row['measure']}\", and what the flow does is '{made[name].measure}'"
                self._refuse(number, f"{text}; correct it, or what becomes of the fields")
        if not made and not self._problems:
            self._refuse(1, "declares no flow; name the file that the enclave made")
        return made, sorted(self._problems)

    def _refuse(self, number: int, text: str) -> None:
        self._problems.append((number, text))

    def _flow(self, number: int, row: Mapping[str, Any]) -> None:
        name = self._named(number, row, "flow")
        for key in ("class", "purpose", "recipient"):
            self._named(number, row, key)
        country = row.get("country")
        if not (isinstance(country, str) and _COUNTRY.fullmatch(country)):
            self._refuse(number, f"'country' is {shown(country)}; give two capital letters (ISO 3166-1), such as IE")
        regimes = row.get("regimes")
        if not isinstance(regimes, list) or not regimes or not all(one in REGIMES for one in regimes):
            self._refuse(number, f"'regimes' is {shown(regimes)}; say whose data it is, of: {', '.join(REGIMES)}")
        if row.get("measure") not in MEASURES:
            self._refuse(number, f"'measure' is {shown(row.get('measure'))}; give one of: {', '.join(MEASURES)}")
        if not isinstance(row.get("sandbox", False), bool):
            self._refuse(number, f"'sandbox' is {shown(row['sandbox'])}; give true or leave it out")
        if row.get("epoch", "day") not in EPOCHS:
            self._refuse(number, f"'epoch' is {shown(row['epoch'])}; give one of: {', '.join(EPOCHS)}, or leave it out")
        elif "epoch" in row and "groups" in row:
            self._refuse(number, "'epoch' is of a gateway, which gives out no table; remove it, or remove 'groups'")
        self._strange(number, row, _OF_FLOW)
        if name in self._flows:
            self._refuse(
                number, f"flow '{name}' is there already, in line {self._flows[name][0]}; give it another name"
            )
        elif name:
            self._flows[name] = number, row

    def _field(self, number: int, row: Mapping[str, Any]) -> None:
        flow, name, do = self._named(number, row, "of"), row.get("field"), row.get("do")
        self._damaged.add(flow)
        if not isinstance(name, str) or not 0 < len(name) <= _LONGEST_FIELD:
            return self._refuse(number, f"'field' is {shown(name)}; give a name of 1 to {_LONGEST_FIELD} letters")
        if not isinstance(do, str) or do not in _OF_FIELD:
            known = ", ".join(_OF_FIELD)
            return self._refuse(number, f"'do' is {shown(do)}, and nobody can do that; give one of: {known}")
        self._strange(number, row, _OF_FIELD[do] | {"of", "field", "do"})
        field = Field(name, cast("Do", do), **self._settings(number, row, do))
        listed = self._fields.setdefault(flow, {})
        if name in listed:
            line = listed[name][0]
            return self._refuse(number, f"field {shown(name)} is there already, in line {line}; remove one")
        listed[name] = number, field
        return None

    def _settings(self, number: int, row: Mapping[str, Any], do: str) -> dict[str, Any]:
        if do == "keep":
            values = row.get("values")
            if not isinstance(values, list) or not 0 < len(values) <= _MOST_VALUES or not all(map(_is_value, values)):
                wanted = f"1 to {_MOST_VALUES} whole numbers, true, false or texts of {_LONGEST_VALUE} letters at most"
                self._refuse(number, f"'keep' needs 'values', all that may leave: a list of {wanted}")
                return {}
            return {"values": tuple(values)}
        if do == "age-band":
            width, top = row.get("width", 10), row.get("top", 80)
            if not _whole(width, 5, 50) or not _whole(top, width, _MOST_YEARS) or top % width:
                self._refuse(number, "bands need 'width' of 5 to 50 years, and a 'top' that is a multiple of it")
                return {}
            return {"width": width, "top": top}
        return {}

    def _groups(self, number: int, given: Any, fields: Mapping[str, Field]) -> Groups | None:
        if given is None:
            return None
        if not isinstance(given, dict) or not isinstance(given.get("by"), list) or not given["by"]:
            self._refuse(number, "'groups' needs 'person', 'by' (a list of fields) and 'minimum'")
            return None
        self._strange(number, given, frozenset({"person", "by", "minimum", "noise"}), "groups.")
        person, by, minimum = given.get("person"), given["by"], given.get("minimum")
        if not isinstance(person, str) or person not in fields or fields[person].do != "person":
            self._refuse(number, "'groups.person' names no field with 'do': 'person'; name what tells people apart")
        if not _whole(minimum, SMALLEST_GROUP, 10**9):
            self._refuse(number, f"'groups.minimum' is {shown(minimum)}; {SMALLEST_GROUP} people are the least")
            minimum = SMALLEST_GROUP
        noise = self._noise(number, given.get("noise"))
        for name in by:
            found = fields.get(name) if isinstance(name, str) else None
            if found is None or found.do not in _GROUPED_BY:
                self._refuse(
                    number, f"'groups.by' has {shown(name)}, which is no kept or generalised field of the flow"
                )
            elif noise is not None and found.do not in _KNOWN_BEFORE:
                self._refuse(number, f"'groups.by' has {shown(name)}; with noise, group by 'keep' and 'age-band' only")
        if len({str(name) for name in by}) != len(by):
            self._refuse(number, "'groups.by' names a field twice; name each once")
        return Groups(str(person), tuple(map(str, by)), minimum, noise)

    def _noise(self, number: int, given: Any) -> Noise | None:
        if given is None:
            return None
        if not isinstance(given, dict):
            self._refuse(number, "'groups.noise' needs 'epsilon', 'budget' and 'each'")
            return None
        self._strange(number, given, frozenset({"epsilon", "budget", "each"}), "groups.noise.")
        epsilon, budget, each = _amount(given.get("epsilon")), _amount(given.get("budget")), given.get("each")
        if epsilon is None or budget is None or epsilon > budget:
            wanted = 'give amounts in quotes, such as "0.5", more than 0, epsilon no more than budget, up to 20'
            self._refuse(number, f"'groups.noise' has no good 'epsilon' and 'budget'; {wanted}")
        if not _whole(each, 1, 1000):
            self._refuse(
                number, f"'groups.noise.each' is {shown(each)}; say how many records of a person count, 1 to 1000"
            )
            each = 1
        return Noise(epsilon or Decimal(1), budget or Decimal(1), each)

    def _reversal(self, number: int, given: Any) -> Reversal | None:
        made, problems = reversal_of(given)
        for problem in problems:
            self._refuse(number, problem)
        return made

    def _named(self, number: int, row: Mapping[str, Any], key: str) -> str:
        name = row.get(key)
        if is_name(name):
            return name
        self._refuse(number, f"'{key}' is {shown(name)}; {NAMED}")
        return ""

    def _strange(self, number: int, row: Mapping[str, Any], known: frozenset[str], at: str = "") -> None:
        for key in sorted(set(row) - known):
            self._refuse(number, f"'{at}{key[:_LONGEST_VALUE]}' means nothing here; remove or correct it")


def _out_of_place(number: int, row: Mapping[str, Any], listed: Collection[tuple[int, Field]]) -> Iterator[Problem]:
    """Yield each field that does what its flow has no use for, and a reversal without a token."""
    counted, turned_back = "groups" in row, "reversal" in row
    for line, field in listed:
        if counted and field.do in ("pseudonym", "token"):
            yield line, f"a flow that counts groups gives out no {field.do}; drop it, or make it 'person'"
        if not counted and field.do == "person":
            yield line, "'person' counts people in groups, and the flow has no 'groups'; drop the field"
        if not turned_back and field.do == "token":
            text = "'token' needs the flow's 'reversal', which says who may turn it back; declare it"
            yield line, f"{text}, or make it 'pseudonym'"
    if turned_back and not any(field.do == "token" for _, field in listed):
        yield number, "'reversal' turns tokens back, and no field has 'do': 'token'; remove it"


def _is_value(value: Any) -> bool:
    if isinstance(value, str):
        return 0 < len(value) <= _LONGEST_VALUE and value.isprintable()
    return isinstance(value, bool) or _whole(value, -(2**53), 2**53)


def _whole(value: Any, least: int, most: int) -> TypeGuard[int]:
    return type(value) is int and least <= value <= most


def _amount(value: Any) -> Decimal | None:
    if not isinstance(value, str) or not re.fullmatch(r"\d{1,2}(\.\d{1,6})?", value, re.ASCII):
        return None
    return Decimal(value) if 0 < Decimal(value) <= 20 else None  # noqa: PLR2004


def possible_groups(flow: Flow) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """Yield each field that groups are made by, with every value that it can have."""
    fields = {field.name: field for field in flow.fields}
    for name in flow.groups.by if flow.groups else ():
        field = fields[name]
        if field.do == "keep":
            yield name, field.values
        else:
            bands = [f"{low}-{low + field.width - 1}" for low in range(0, field.top, field.width)]
            yield name, (*bands, f"{field.top}+")
