"""The compiled catalog (law/catalog/catalog.json): read in a few milliseconds, and only while its tables are unchanged.

The first line is the SHA-256 of all that follows; that holds the SHA-256 of every table which it was compiled from.
"""

from __future__ import annotations

import hashlib
import json
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from enclave_policies.catalog.controllers import Controllers
from enclave_policies.catalog.encryption import Condition, Encryption, Named, SetApart, Setting
from enclave_policies.catalog.model_profiles import ModelProfiles
from enclave_policies.catalog.objects import ObjectInput
from enclave_policies.catalog.switches import Beside, Switch
from enclave_policies.catalog.whole import Catalog, Checked
from located_yaml import Position, Problem, ProblemsError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from enclave_policies.catalog.tables.offer import Offer

FILE: Final = "catalog.json"
TABLES: Final = frozenset({".yaml", ".yml", ".txt", ".json"})
COMPILE: Final = "`enclave catalog --compile`"
CHANGED: Final = f"has changed since the catalog was compiled; run {COMPILE} to take the change over, or undo it"
DAMAGED: Final = f"is missing or damaged; run {COMPILE}, or restore it from git"


def read_catalog(folder: Path) -> Catalog:
    """Return the catalog in ``folder``, which holds its tables and what was compiled from them.

    Raises ProblemsError where the two do not belong together: with all that is wrong with the tables, else with what
    was changed and not compiled.
    """
    sources = digests(folder)
    stored = _stored(folder / FILE)
    if stored is not None and stored["sources"] == sources:
        return _catalog(stored)
    raise ProblemsError(_problems(folder, stored, sources))


def compile_catalog(folder: Path, offer: Offer | None = None) -> Catalog:
    """Compile the tables in ``folder`` and write the compiled catalog beside them; ``offer`` as for compile_tables.

    Raises ProblemsError with all that is wrong; then nothing is written.
    """
    from enclave_policies.catalog.tables.compiling import compile_tables  # noqa: PLC0415 (only a change needs it)

    catalog = compile_tables(folder, offer)
    (folder / FILE).write_text(render(catalog, digests(folder)), encoding="utf-8")
    return catalog


def digests(folder: Path) -> dict[str, str]:
    """Return name → SHA-256 (hex) of every file of a catalog's folder, but the compiled one."""
    files = sorted(file for file in folder.rglob("*") if file.suffix in TABLES and file.is_file())
    named = {file.relative_to(folder).as_posix(): file for file in files}
    return {name: _digest(file.read_bytes()) for name, file in named.items() if name != FILE}


def render(catalog: Catalog, sources: Mapping[str, str]) -> str:
    """Return the text of catalog.json: one fact a line, sorted, so that two versions can be compared."""
    parts: list[tuple[str, Any]] = [
        ("sources", sources),
        ("checked", [[each.file, each.line, each.as_of.isoformat(), each.days] for each in catalog.checked]),
        ("kinds", _by_value(catalog.kinds)),
        ("inputs", _alike(catalog.inputs, lambda told: dict(sorted(told.items())))),
        ("switches", _alike(catalog.switches, lambda told: [_switch_cells(switch) for switch in told])),
        ("openings", _alike(catalog.openings, list)),
        ("objects", _alike(catalog.objects, lambda told: [_object_cells(each) for each in told])),
        ("controllers", catalog.controllers.patterns),
        ("profiles", catalog.models.regions),
        ("models", _alike(catalog.models.inputs, list)),
        ("encryption", _alike(catalog.encryption, _encryption_cells)),
        ("untagged", sorted(catalog.untagged)),
    ]
    body = ",\n".join(f'"{name}": {_lines(value)}' for name, value in parts) + "}\n"
    return f'{{"sha256": "{_digest(body.encode())}",\n{body}'


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _stored(file: Path) -> dict[str, Any] | None:
    """Return what the compiled file holds; None where it is missing or not what was written."""
    try:
        if not file.is_file():  # a pipe would be waited for
            return None
        content = file.read_bytes()
        head, _, body = content.partition(b"\n")
        if head != f'{{"sha256": "{_digest(body)}",'.encode():
            return None
        stored: dict[str, Any] = json.loads(content)
    except (OSError, ValueError):
        return None
    return stored


def _problems(folder: Path, stored: Mapping[str, Any] | None, sources: Mapping[str, str]) -> Iterator[Problem]:
    from enclave_policies.catalog.tables.compiling import compile_tables  # noqa: PLC0415 (only a mistake needs it)

    compile_tables(folder)  # raises with what is wrong with the tables themselves
    if stored is None:
        yield Problem(Position(str(folder / FILE), 1, 1), DAMAGED)
        return
    before: Mapping[str, str] = stored["sources"]
    for name in sorted({*before, *sources}):
        if before.get(name) != sources.get(name):
            yield Problem(Position(str(folder / name), 1, 1), CHANGED)


def _catalog(stored: Mapping[str, Any]) -> Catalog:
    return Catalog(
        kinds={token: kind for kind, tokens in stored["kinds"].items() for token in tokens},
        inputs={token: told for tokens, told in stored["inputs"] for token in tokens},
        switches={
            token: switches
            for tokens, told in stored["switches"]
            for switches in (tuple(_switch(cells) for cells in told),)
            for token in tokens
        },
        objects={
            kind: inputs
            for kinds, told in stored["objects"]
            for inputs in (tuple(_object(cells) for cells in told),)
            for kind in kinds
        },
        controllers=Controllers(
            {
                naming: {runs: tuple(patterns) for runs, patterns in told.items()}
                for naming, told in stored["controllers"].items()
            }
        ),
        openings={token: by for tokens, told in stored["openings"] for by in (tuple(told),) for token in tokens},
        models=ModelProfiles(
            {prefix: tuple(regions) for prefix, regions in stored["profiles"].items()},
            {token: paths for tokens, told in stored["models"] for paths in (tuple(told),) for token in tokens},
        ),
        encryption={
            token: known for tokens, told in stored["encryption"] for known in (_encryption(told),) for token in tokens
        },
        untagged=frozenset(stored["untagged"]),
        checked=tuple(
            Checked(file, line, date.fromisoformat(as_of), days) for file, line, as_of, days in stored["checked"]
        ),
    )


def _switch_cells(switch: Switch) -> list[Any]:
    told = [switch.path, switch.values, switch.verdict, switch.words, switch.only, switch.absent, switch.place]
    beside = [[[each.path, each.values, each.absent] for each in told] for told in (switch.when, switch.unless)]
    return [*told, switch.within, *beside]


def _switch(cells: list[Any]) -> Switch:
    path, values, verdict, words, only, absent, place, within, when, unless = cells
    return Switch(
        path,
        tuple(values),
        verdict,
        words,
        only=only,
        absent=absent,
        place=place,
        within=within,
        when=tuple(Beside(path, tuple(values), absent) for path, values, absent in when),
        unless=tuple(Beside(path, tuple(values), absent) for path, values, absent in unless),
    )


def _object_cells(told: ObjectInput) -> list[Any]:
    return [told.decides, told.rule, told.site, told.unannotated, *_switch_cells(told.left_out)]


def _object(cells: list[Any]) -> ObjectInput:
    decides, rule, site, unannotated, *switch = cells
    return ObjectInput(
        decides, rule, _switch(switch), site, tuple((name, tuple(values)) for name, values in unannotated)
    )


def _encryption_cells(known: Encryption) -> list[Any]:
    keys = [[key.path, key.absent, _condition_cells(key.condition), key.elsewhere, key.via] for key in known.keys]
    settings = [
        [each.path, sorted(each.values), each.absent, _condition_cells(each.condition)] for each in known.settings
    ]
    apart = [[each.type, each.path] for each in known.apart]
    cells = [known.kind, known.words, keys, settings, apart, known.of, known.none, _condition_cells(known.condition)]
    return cells[:1] if cells[1:] == ["", [], [], [], None, (), []] else cells


def _encryption(cells: list[Any]) -> Encryption:
    if len(cells) == 1:
        return Encryption(cells[0])
    kind, words, keys, settings, apart, of, none, condition = cells
    return Encryption(
        kind,
        words,
        tuple(
            Named(path, absent, _condition(asked), elsewhere=elsewhere, via=via)
            for path, absent, asked, elsewhere, via in keys
        ),
        tuple(Setting(path, frozenset(values), absent, _condition(asked)) for path, values, absent, asked in settings),
        tuple(SetApart(type_, path) for type_, path in apart),
        of,
        tuple(none),
        _condition(condition),
    )


ALWAYS: Final = Condition()


def _condition_cells(condition: Condition) -> list[str | None]:
    return [] if condition == ALWAYS else [condition.within, condition.unless, condition.when]


def _condition(cells: list[str | None]) -> Condition:
    return Condition(*cells) if cells else ALWAYS


def _by_value(told: Mapping[str, str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for token in sorted(told):
        found.setdefault(told[token], []).append(token)
    return dict(sorted(found.items()))


def _alike(told: Mapping[str, Any], cells: Any) -> list[list[Any]]:
    """Return pairs: the tokens that share one meaning, and the meaning."""
    found: dict[str, tuple[list[str], Any]] = {}
    for token in sorted(told):
        plain = cells(told[token])
        found.setdefault(json.dumps(plain), ([], plain))[0].append(token)
    return [[tokens, plain] for tokens, plain in found.values()]


def _lines(value: Any) -> str:
    """Return compact JSON with each member of the outermost list or table on a line of its own."""
    if isinstance(value, dict):
        members = [f"{json.dumps(key)}: {_compact(member)}" for key, member in value.items()]
        return "{\n" + ",\n".join(members) + "}"
    return "[\n" + ",\n".join(_compact(member) for member in value) + "]"


def _compact(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
