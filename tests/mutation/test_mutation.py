"""The mutation tests' own manners: what is mutated, what counts as noticed, and one slice of the real thing."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from fnmatch import fnmatch
from typing import TYPE_CHECKING, Any

import pytest

from tests.mutation import equivalent, targets
from tests.mutation.__main__ import report
from tests.mutation.bare import bare, left_alone
from tests.mutation.checks import Check
from tests.mutation.plan import OUTCOMES, Plan
from tests.mutation.sample import AT_LEAST, LeftOver, Sample
from tests.mutation.score import Score, Survivor, read, total
from tests.mutation.trial import LONGEST, Asked
from tests.mutation.workshop import lay_out, try_mutants

if TYPE_CHECKING:
    from collections.abc import Iterable
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
SURVIVOR = Survivor("places/regions.py", "shown", "return text", "return None")


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


def test_a_new_file_of_the_package_is_mutated_and_of_a_reader_nothing_may_be_missed() -> None:
    assert targets.is_mutated("something_new.py")
    assert targets.is_mutated("network/something_new.py")
    for room in ("resources", "identifiers", "places", "texts", "iam", "reading", "kubernetes"):
        assert targets.least(f"{room}/something_new.py") == 1.0
    assert targets.least("rules/jurisdiction/something_new.py") == 0.0
    rules = {path.relative_to(targets.SOURCES).as_posix() for path in (targets.SOURCES / "rules").rglob("*.py")}
    assert rules
    assert rules <= set(targets.modules())


EXCEPTIONS = {
    "NOT_MUTATED": (targets.NOT_MUTATED, targets.every_module()),
    "MUTATED_AFTER_ALL": (targets.MUTATED_AFTER_ALL, targets.every_module()),
    "READERS": (targets.READERS, targets.modules()),
    "SLOW_TESTS": (targets.SLOW_TESTS, targets.every_test()),
    "ASKED_BY_CASE": (targets.ASKED_BY_CASE, targets.every_test()),
}


@pytest.mark.parametrize("name", EXCEPTIONS)
def test_every_exception_names_something_that_is_there(name: str) -> None:
    patterns, paths = EXCEPTIONS[name]
    assert patterns
    assert targets.unused(patterns, paths) == []


@pytest.mark.parametrize("name", EXCEPTIONS)
def test_an_exception_for_a_file_that_has_moved_is_named(name: str) -> None:
    """The seeded bug of this promise: what it was for stands elsewhere now."""
    patterns, paths = EXCEPTIONS[name]
    moved = [path.replace("/", "/moved_") if fnmatch(path, patterns[0]) else path for path in paths]
    assert targets.unused([patterns[0].replace("*", "[!m]*")], moved) != []


def test_words_that_leave_tests_out_stand_in_names_of_tests() -> None:
    names = " ".join(re.findall(r"def (test_\w+)", "".join(file.read_text() for file in targets.TESTS.rglob("*.py"))))
    assert [word for word in targets.NOT_ASKED if word not in names] == []


def test_a_sample_is_the_same_for_a_seed_and_has_some_of_every_module() -> None:
    mutants = {"a.py": [f"a{n}" for n in range(900)], "b.py": [f"b{n}" for n in range(90)], "c.py": ["c0"], "d.py": []}
    one = Sample(200, 7).draw(mutants)
    assert one == Sample(200, 7).draw(mutants) != Sample(200, 8).draw(mutants)
    assert one == {**Sample(200, 7).draw({**mutants, "b.py": mutants["b.py"][::-1]}), "b.py": one["b.py"]}
    assert 200 <= sum(map(len, one.values())) <= 204
    assert len(one["a.py"]) > 5 * len(one["b.py"]) > 5 * AT_LEAST
    assert one["c.py"] == ["c0"]
    assert Sample(10_000, 7).draw(mutants) == mutants


def test_what_was_left_over_is_tried_again_as_far_as_it_is_still_made(tmp_path: Path) -> None:
    (tmp_path / OUTCOMES).write_text('["a.py", "a1", false]\n["a.py", "a2", true]\n["b.py", "a2", false]\n')
    mutants = {"a.py": ["a1", "a2"], "b.py": ["b1"], "c.py": ["a1"]}
    assert LeftOver(tmp_path).draw(mutants) == {"a.py": ["a1"], "b.py": [], "c.py": []}


@pytest.mark.parametrize(
    ("scores", "low"),
    [
        ([Score("places/regions.py", 9, ()), Score("rules/jurisdiction/aws/zone.py", 18, (SURVIVOR,))], False),
        ([Score("places/regions.py", 99, (SURVIVOR,)), Score("rules/jurisdiction/aws/zone.py", 9, ())], True),
        ([Score("places/regions.py", 1, ()), Score("rules/jurisdiction/aws/zone.py", 8, (SURVIVOR,) * 2)], True),
        ([Score("places/regions.py", 9, (), (SURVIVOR,))], False),
    ],
)
def test_the_resolver_may_miss_nothing_and_the_whole_at_most_a_tenth(scores: list[Score], low: bool) -> None:
    assert report(scores, []) is low


def test_an_entry_for_a_mutant_that_was_noticed_is_stale_unless_its_module_was_not_tried() -> None:
    other = replace(SURVIVOR, module="identifiers/urls.py")
    listed = frozenset({SURVIVOR, other})
    assert equivalent.stale(listed, [], ["places/regions.py"]) == [SURVIVOR]
    assert equivalent.stale(listed, [SURVIVOR], ["places/regions.py"]) == []


def moved(entries: Iterable[Survivor]) -> list[Survivor]:
    """The entries whose line stands in their module no more."""
    return [each for each in entries if each.before not in (targets.SOURCES / each.module).read_text(encoding="utf-8")]


def test_every_entry_for_an_equivalent_mutant_is_about_a_line_that_is_there() -> None:
    assert moved(equivalent.load()) == []
    assert moved([SURVIVOR]) == [SURVIVOR]


def test_every_entry_for_an_equivalent_mutant_has_a_reason_and_a_module(tmp_path: Path) -> None:
    assert {each.module for each in equivalent.load()} <= set(targets.modules())
    file = tmp_path / "equivalent.yaml"
    file.write_text("[{module: places/regions.py, function: shown, before: a, after: b}]", encoding="utf-8")
    with pytest.raises(KeyError, match="because"):
        equivalent.load(file)


def test_a_mutant_that_was_not_tried_is_no_score(tmp_path: Path) -> None:
    Plan({"places/regions.py": ["x_shown__mutmut_1"]}, {"places/regions.py": {}}, [], [""]).write(tmp_path)
    with pytest.raises(ValueError, match=r"1 of 1 mutants of places/regions\.py were not tried"):
        read(tmp_path, ["places/regions.py"], frozenset())


def test_many_cases_that_run_a_line_leave_time_for_the_tests_of_it() -> None:
    cases = {f"case {number}": Check(f"case {number}", lambda _: True) for number in range(9000)}
    seconds = {**dict.fromkeys(cases, 0.01), "test of the line": 0.5, "test of everything": 20.0}
    asked = Asked(cases, seconds, {"a.py": {1: [*seconds, ""], 2: ["test of everything"], 3: [""]}})
    found = asked.of("a.py", [1])
    assert LONGEST * 0.9 < sum(seconds[name] for name in found) < LONGEST
    assert found[-1] == "test of the line"
    assert (asked.of("a.py", [2]), asked.of("a.py", [3])) == (["test of everything"], [])


def test_the_own_tests_of_a_module_are_asked_however_many_others_run_its_lines() -> None:
    own = "tests/enclave_policies/places/test_hosts.py::test_a"
    seconds = {own: 1.0, **{f"tests/enclave_policies/test_x.py::test_{number}": 0.5 for number in range(99)}}
    asked = Asked({}, seconds, {"places/hosts.py": {1: list(seconds)}, "texts/hosts.py": {1: list(seconds)}})
    assert own in asked.of("places/hosts.py", [1])
    assert own not in asked.of("texts/hosts.py", [1])


def test_faults_in_a_rule_are_noticed_by_its_samples_and_faults_in_unwatched_code_are_not(tmp_path: Path) -> None:
    sources = tmp_path / "policy-packs" / targets.PACKAGE
    shutil.copytree(targets.SOURCES, sources, ignore=shutil.ignore_patterns("__pycache__"))
    for pack in targets.SOURCES.parent.glob("*/PulumiPolicy.yaml"):
        (sources.parent / pack.parent.name).symlink_to(pack.parent)
    (sources / "unwatched.py").write_text("def unwatched():\n    return 1\n", encoding="utf-8")
    folder, modules = tmp_path / "work", ["rules/jurisdiction/aws/worldwide_service.py", "unwatched.py"]
    assert lay_out(folder, modules, [], sources=sources, checks=["samples/worldwide-service"]) == []
    try_mutants(folder, 1)
    rule, unwatched = read(folder, modules, frozenset())
    assert rule.noticed > len(rule.survivors)
    assert unwatched == Score("unwatched.py", 0, (Survivor("unwatched.py", "unwatched", "return 1", "return 2"),))
    assert report([rule, unwatched], [])
    assert total([rule, unwatched]).noticed == rule.noticed
