"""A law that is not whole does not load: no damage to a table of the catalog ever makes a verdict greener."""

from __future__ import annotations

import json
import random
import re
import shutil
from typing import TYPE_CHECKING, Any

import pytest
from enclave_policies.catalog.stored import compile_catalog, read_catalog
from enclave_policies.catalog.tables.compiling import compile_tables
from enclave_policies.law.folder import SHIPPED, load_law
from enclave_policies.sdk.generate import FOLDER

from console.main import main
from located_yaml import ProblemsError
from tests.corpus_cases import as_export, load_cases
from tests.enclave_policies.catalog.small_catalog import TABLES, small_catalog

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from enclave_policies.catalog.whole import Catalog

    from located_yaml import Problem

REFUSED = ("E001", "E073-acl", "open-eks", "open-dms", "E046", "E080")
"""Cases that only the catalog refuses: by a region's input, a public list, two absences, a model and a kind."""
FILES = sorted(file.relative_to(FOLDER).as_posix() for file in FOLDER.rglob("*") if file.is_file())
NAMED = re.compile(r"[a-z][a-z0-9-]*:[a-z0-9.]+/\w+:(\w+)|^ {6,}(?:- )?(?:path: )?(\w[\w.]*)(?=:|$)", re.MULTILINE)
"""A type by its token, or a key or an input that stands alone."""
NAMELESS = frozenset({"manifest.yaml", "controllers/kubernetes.yaml"})
"""Tables that name no type and no input: what drivers are called, no SDK knows."""
SEED = 20261129


def removed(file: Path, _: random.Random) -> None:
    file.unlink()


def emptied(file: Path, _: random.Random) -> None:
    file.write_text("", encoding="utf-8")


def renamed(file: Path, _: random.Random) -> None:
    file.rename(file.with_name(f"old-{file.name}"))


def outdented(file: Path, chance: random.Random) -> None:
    """Take two spaces off the beginning of one line, or of all lines from there on."""
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    indented = [number for number, line in enumerate(lines) if line.startswith("  ")]
    start = chance.choice(indented)
    end = chance.choice((start + 1, len(lines)))
    changed = [
        line[2:] if start <= number < end and line.startswith("  ") else line for number, line in enumerate(lines)
    ]
    file.write_text("".join(changed), encoding="utf-8")


def misspelled(file: Path, chance: random.Random) -> None:
    """Swap two different letters of the name of a type or of an input."""
    text = file.read_text(encoding="utf-8")
    found = chance.choice([each for each in NAMED.finditer(text) if _swaps(each)])
    at = chance.choice(_swaps(found))
    file.write_text(text[:at] + text[at + 1] + text[at] + text[at + 2 :], encoding="utf-8")


def swapped(file: Path, chance: random.Random) -> None:
    """Swap two lines that differ, so that one thing is told of another."""
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    first = chance.randrange(len(lines))
    second = chance.choice([number for number, line in enumerate(lines) if line != lines[first]])
    lines[first], lines[second] = lines[second], lines[first]
    file.write_text("".join(lines), encoding="utf-8")


def cut(file: Path, chance: random.Random) -> None:
    content = file.read_bytes()
    file.write_bytes(content[: chance.randrange(1, len(content))])


def _swaps(found: re.Match[str]) -> list[int]:
    start, end = found.span(found.lastindex or 0)
    return [at for at in range(start, end - 1) if found.string[at] != found.string[at + 1]]


ANYWHERE = (removed, emptied, renamed, swapped, cut)
IN_TABLES = (outdented, misspelled)


def mutants() -> Iterator[tuple[str, Callable[[Path, random.Random], None], int]]:
    """Yield file, damage and seed: each damage of each file once, and some more of what depends on chance."""
    for file in FILES:
        for damage in ANYWHERE if file.endswith(".json") else (*ANYWHERE, *IN_TABLES):
            if file != "manifest.yaml" or damage is not misspelled:
                yield file, damage, SEED


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pack = tmp_path_factory.mktemp("pack") / "pack"
    shutil.copytree(SHIPPED, pack)
    return pack


@pytest.fixture
def damaged(pack: Path) -> Iterator[Callable[[str, Callable[[Path, random.Random], None], int], Path]]:
    """Damage one file of the pack's catalog; it is whole again after the test."""
    folder = pack / "law" / "catalog"

    def damage(name: str, how: Callable[[Path, random.Random], None], seed: int) -> Path:
        how(folder / name, random.Random(seed))  # noqa: S311 (which line, no secret)
        return pack

    yield damage
    shutil.rmtree(folder)
    shutil.copytree(FOLDER, folder)


def export_of(case: str, folder: Path) -> Path:
    file = folder / f"{case}.json"
    file.write_text(json.dumps(as_export(next(each for each in load_cases() if each.id == case))), encoding="utf-8")
    return file


def audited(export: Path, pack: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr("sys.argv", ["enclave", "audit", str(export), "--policy-pack", str(pack)])
    with pytest.raises(SystemExit) as ended:
        main()
    return ended.value.code


@pytest.mark.parametrize("case", REFUSED)
def test_the_whole_law_refuses_what_the_damaged_ones_are_asked(
    case: str, pack: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert audited(export_of(case, tmp_path), pack, monkeypatch) == 1


@pytest.mark.parametrize(
    ("file", "how", "seed"), list(mutants()), ids=lambda part: getattr(part, "__name__", str(part))
)
def test_a_damaged_law_does_not_load_and_says_where(
    file: str,
    how: Callable[[Path, random.Random], None],
    seed: int,
    damaged: Callable[..., Path],
) -> None:
    pack = damaged(file, how, seed)
    with pytest.raises(ProblemsError) as caught:
        load_law(pack)
    assert f"{pack / 'law' / 'catalog'}" in str(caught.value) or file in str(caught.value)
    assert all(problem.position.line >= 1 for problem in caught.value.problems)


@pytest.mark.parametrize("how", [removed, outdented, misspelled])
def test_an_audit_under_a_damaged_law_ends_with_2_and_no_verdict(
    how: Callable[[Path, random.Random], None],
    damaged: Callable[..., Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    pack = damaged("switches/aws-openings.yaml", how, SEED)
    for case in REFUSED:
        assert audited(export_of(case, tmp_path), pack, monkeypatch) == 2
        told = capsys.readouterr()
        assert told.out == ""
        assert "switches/aws-openings.yaml:" in told.err


def test_what_is_not_listed_stops_the_law_too(damaged: Callable[..., Path]) -> None:
    pack = damaged("kinds/aws.yaml", lambda file, _: shutil.copy(file, file.with_name("more.yaml")), SEED)
    with pytest.raises(ProblemsError, match=r"more\.yaml:1:1: stands among the tables and is not listed"):
        load_law(pack)


def compiled(folder: Path) -> tuple[Catalog | None, tuple[Problem, ...]]:
    """Return what the tables make, or everything that keeps them from being whole."""
    try:
        return compile_tables(folder), ()
    except ProblemsError as error:
        return None, error.problems


@pytest.mark.parametrize("name", [name for name in sorted(TABLES) if name != "manifest.yaml"])
def test_no_lost_indentation_of_any_line_is_taken_over_by_compiling(name: str, tmp_path: Path) -> None:
    whole = compile_tables(small_catalog(tmp_path))
    lines = TABLES[name].splitlines(keepends=True)
    for number, line in enumerate(lines):
        for lost in (1, 2, 4):
            if not line.startswith(" " * lost):
                continue
            text = "".join([*lines[:number], line[lost:], *lines[number + 1 :]])
            (tmp_path / name).write_text(text, encoding="utf-8")
            found, problems = compiled(tmp_path)
            assert found in (None, whole), text  # None, or YAML that says the same: a list need not be indented
            assert found or any(problem.position.file == str(tmp_path / name) for problem in problems)


@pytest.mark.parametrize("name", sorted(TABLES.keys() - NAMELESS))
def test_no_misspelled_type_or_input_is_taken_over_by_compiling(name: str, tmp_path: Path) -> None:
    folder = small_catalog(tmp_path)
    text = TABLES[name]
    places = [at for found in NAMED.finditer(text) for at in _swaps(found)]
    assert places
    for at in places:
        (folder / name).write_text(text[:at] + text[at + 1] + text[at] + text[at + 2 :], encoding="utf-8")
        with pytest.raises(ProblemsError):
            compile_tables(folder)


def test_seeded_bug_a_law_that_is_read_without_its_digests_would_take_a_swapped_value_over(tmp_path: Path) -> None:
    folder = small_catalog(tmp_path)
    compile_catalog(folder)
    switches = folder / "switches" / "aws.yaml"
    switches.write_text(TABLES["switches/aws.yaml"].replace('"true"', '"ture"'), encoding="utf-8")
    with pytest.raises(ProblemsError, match="has changed since the catalog was compiled"):
        read_catalog(folder)
    greener = compile_tables(folder)  # its schema alone finds nothing wrong with it
    assert not any(switch.speaks({"copies": {"public": True}}) for switch in greener.switches["aws:new/thing:Thing"])
