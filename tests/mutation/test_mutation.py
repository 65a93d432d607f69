"""The mutation tests' own manners: what is mutated, what counts as noticed, and one slice of the real thing."""

from __future__ import annotations

import shutil
from dataclasses import replace
from fnmatch import fnmatch
from typing import TYPE_CHECKING, Any

import pytest

from tests.mutation import equivalent, targets
from tests.mutation.__main__ import report
from tests.mutation.bare import bare, left_alone
from tests.mutation.plan import Plan
from tests.mutation.score import Score, Survivor, read, total
from tests.mutation.workshop import lay_out, try_mutants

if TYPE_CHECKING:
    from pathlib import Path

DECORATED = '''
from functools import cached_property, lru_cache

asked = []

class Thing:
    @cached_property
    def words(self):
        asked.append("words")
        return "words {for} people, and more"

    @property
    def code(self):
        return "a-code"

@lru_cache(maxsize=2)
def cached(value):
    """A sentence about it."""
    asked.append(value)
    return "it is " "so: " f"{value}"
'''
SURVIVOR = Survivor("regions.py", "shown", "return text", "return None")


def run(source: str) -> dict[str, Any]:
    """Run a module and return its names."""
    names: dict[str, Any] = {}
    exec(source, names)  # noqa: S102 (the module above)
    return names


def test_a_bare_module_answers_the_same_and_leaves_no_decorated_function() -> None:
    for names in (run(DECORATED), run(bare(DECORATED))):
        thing = names["Thing"]()
        assert (thing.words, thing.words, thing.code) == (*["words {for} people, and more"] * 2, "a-code")
        assert (names["cached"](1), names["cached"](1)) == ("it is so: 1", "it is so: 1")
        assert names["asked"] == ["words", 1]
    assert left_alone(DECORATED) == ["words", "code", "cached"]
    assert left_alone(bare(DECORATED)) == []


def test_sentences_are_no_plain_strings_in_a_bare_module_but_codes_are() -> None:
    text = bare(DECORATED)
    assert 'f"words {{for}} people, and more"' in text
    assert '"a-code"' in text
    assert 'f"a-code"' not in text


def test_a_new_file_of_the_package_is_mutated_and_belongs_to_the_resolver() -> None:
    assert targets.is_mutated("something_new.py")
    assert targets.least("something_new.py") == 1.0
    assert targets.least("rules/jurisdiction/something_new.py") == 0.0
    assert {"places/regions.py", "rules/jurisdiction/aws/zone.py"} <= set(targets.modules())


def test_every_exception_from_mutation_and_from_the_quick_tests_names_something_that_is_there() -> None:
    modules = [path.relative_to(targets.SOURCES).as_posix() for path in targets.SOURCES.rglob("*.py")]
    idle = [p for p in (*targets.NOT_MUTATED, *targets.NOT_RESOLVER) if not any(fnmatch(m, p) for m in modules)]
    names = [path.name for path in targets.TESTS.rglob("test_*.py")]
    idle += [p for p in targets.SLOW_TESTS if not any(fnmatch(name, p) for name in names)]
    idle += [room for room in targets.SLOW_ROOMS if not (targets.TESTS / room).is_dir()]
    assert idle == []
    assert 0 < len(targets.tests()) < len(names)


@pytest.mark.parametrize(
    ("scores", "low"),
    [
        ([Score("regions.py", 9, ()), Score("rules/jurisdiction/zone.py", 8, (SURVIVOR,))], False),
        ([Score("regions.py", 99, (SURVIVOR,)), Score("rules/jurisdiction/zone.py", 9, ())], True),
        ([Score("regions.py", 1, ()), Score("rules/jurisdiction/zone.py", 8, (SURVIVOR,) * 2)], True),
        ([Score("regions.py", 9, (), (SURVIVOR,))], False),
    ],
)
def test_the_resolver_may_miss_nothing_and_the_whole_at_most_a_tenth(scores: list[Score], low: bool) -> None:
    assert report(scores, []) is low


def test_an_entry_for_a_mutant_that_was_noticed_is_stale_unless_its_module_was_not_tried() -> None:
    other = replace(SURVIVOR, module="urls.py")
    listed = frozenset({SURVIVOR, other})
    assert equivalent.stale(listed, [], ["regions.py"]) == [SURVIVOR]
    assert equivalent.stale(listed, [SURVIVOR], ["regions.py"]) == []


def test_every_entry_for_an_equivalent_mutant_has_a_reason_and_a_module(tmp_path: Path) -> None:
    assert {each.module for each in equivalent.load()} <= set(targets.modules())
    file = tmp_path / "equivalent.yaml"
    file.write_text("[{module: regions.py, function: shown, before: a, after: b}]", encoding="utf-8")
    with pytest.raises(KeyError, match="because"):
        equivalent.load(file)


def test_a_mutant_that_was_not_tried_is_no_score(tmp_path: Path) -> None:
    Plan({"regions.py": ["x_shown__mutmut_1"]}, {"regions.py": {}}, [], "").write(tmp_path)
    with pytest.raises(ValueError, match=r"1 of 1 mutants of regions\.py were not tried"):
        read(tmp_path, ["regions.py"], frozenset())


def test_faults_in_a_rule_are_noticed_by_its_samples_and_faults_in_unwatched_code_are_not(tmp_path: Path) -> None:
    sources = tmp_path / "policy-packs" / targets.PACKAGE
    shutil.copytree(targets.SOURCES, sources, ignore=shutil.ignore_patterns("__pycache__"))
    (sources.parent / "jurisdiction").symlink_to(targets.SOURCES.parent / "jurisdiction")
    (sources / "unwatched.py").write_text("def unwatched():\n    return 1\n", encoding="utf-8")
    folder, modules = tmp_path / "work", ["rules/jurisdiction/aws/worldwide_service.py", "unwatched.py"]
    assert lay_out(folder, modules, [], sources, "samples/worldwide-service") == []
    try_mutants(folder, 1)
    rule, unwatched = read(folder, modules, frozenset())
    assert rule.noticed > len(rule.survivors)
    assert unwatched == Score("unwatched.py", 0, (Survivor("unwatched.py", "unwatched", "return 1", "return 2"),))
    assert report([rule, unwatched], [])
    assert total([rule, unwatched]).noticed == rule.noticed
