"""What a wave decides by itself: which versions are missing, where parts end, which names need care, what differs."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hosts.wave.left import Left, judged
from hosts.wave.manifest import Difference, Line, differences, metadata_hash, without_repeats
from hosts.wave.names import KEPT_APART, LONGEST_PART, copier_takes, files_take, folder_of, held_as
from hosts.wave.parts import parts, versions_below
from hosts.wave.progress import Progress
from hosts.wave.versions import History, Version, alike, histories, matched, telling

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

KEYS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=40)
ODD = st.sampled_from(["..", ".", "", "a", "b\uff0e", "x" * 300, "é", "\n", " "])
PATHS = st.lists(ODD, min_size=1, max_size=6).map("/".join).filter(bool)


def version(key: str, content: str | None, number: int = 0) -> Version:
    """Return a version whose etag tells its content; None: a delete marker."""
    if content is None:
        return Version(key, f"v{number}", 0, "", marker=True)
    return Version(key, f"v{number}", len(content), content.ljust(32, "0"))


def history(key: str, *contents: str | None) -> History:
    return History(key, tuple(version(key, each, number) for number, each in enumerate(contents)))


@pytest.mark.parametrize(
    ("source", "target", "done"),
    [
        (("a", "b"), (), 0),
        (("a", "b"), ("a",), 1),
        (("a", "b"), ("a", "b"), 2),
        (("a", "b"), ("a", "a"), 1),
        (("a", "b"), ("a", "a", "b", "b"), 2),
        (("a", "a"), ("a",), 1),
        (("a", None, "b"), ("a", None), 2),
        (("a", "b"), ("b",), None),
        (("a", "b"), ("a", "c"), None),
        (("a",), (None,), None),
        (("a",), ("a", "b"), None),
    ],
)
def test_what_is_missing_is_what_follows_the_versions_that_are_there(
    source: Sequence[str | None], target: Sequence[str | None], done: int | None
) -> None:
    assert matched(history("k", *source), history("k", *target)) == done


def test_where_stores_encrypt_by_kms_other_etags_tell_nothing_and_other_sizes_do() -> None:
    (one, other), (longer,) = history("k", "a", "b").versions, history("k", "ccc").versions
    assert not alike(one, other)
    assert alike(one, other, etags=False)
    assert not alike(one, longer, etags=False)


def test_a_target_without_the_key_lacks_everything() -> None:
    assert matched(history("k", "a", None), None) == 0


def test_delete_markers_that_hide_nothing_are_not_told() -> None:
    told = telling(history("k", None, "a", None, None, "b"))
    assert [each.marker for each in told.versions] == [False, True, False]


def test_a_listing_gives_each_key_its_versions_the_oldest_first() -> None:
    listed = [version("a", "2", 1), version("a", "1", 0), version("b", "1", 0)]
    assert [(each.key, [one.id for one in each.versions]) for each in histories(listed)] == [
        ("a", ["v0", "v1"]),
        ("b", ["v0"]),
    ]


@given(st.lists(KEYS, unique=True, max_size=40), st.integers(1, 9), st.integers(1, 60))
def test_parts_hold_every_key_once_in_order_within_their_limits(keys: list[str], most: int, most_bytes: int) -> None:
    whole = [history(key, *("x" * (len(key) % 7) for _ in range(1 + len(key) % 3))) for key in sorted(keys)]
    cut = list(parts(whole, most, most_bytes))
    assert [each for _, held in cut for each in held] == whole
    assert [part.number for part, _ in cut] == list(range(len(cut)))
    assert [part.after for part, _ in cut] == ["", *(part.last for part, _ in cut[:-1])]
    for part, held in cut if keys else ():
        assert part.versions <= most or len(held) == 1
        assert part.bytes <= most_bytes or len(held) == 1
        assert held[0].key.startswith(part.prefix)
        assert part.prefix
        assert not part.after.startswith(part.prefix) or part.prefix == held[0].key


@given(st.one_of(KEYS, PATHS))
def test_a_name_that_the_copier_is_told_is_a_line_of_its_own(name: str) -> None:
    if copier_takes(name):
        assert not set("\r\n\0") & set(name)
        assert not any(part in ("", ".", "..") for part in name.split("/"))


@given(st.lists(st.one_of(KEYS, PATHS), unique=True, max_size=30))
def test_a_store_of_files_holds_each_name_apart_from_every_other(names: list[str]) -> None:
    held = [held_as(name, files=True) for name in names]
    assert len(set(held)) == len(names)
    assert all(
        len(part.encode()) <= LONGEST_PART and part not in ("", ".", "..") for each in held for part in each.split("/")
    )
    assert [held_as(name, files=False) for name in names] == names


def test_what_looks_like_a_name_held_apart_is_held_apart_too() -> None:
    assert not files_take(held_as("..", files=True))
    assert held_as("..", files=True).startswith(KEPT_APART)


def line(key: str, content: str | None, size: int = 1, metadata: str | None = "m") -> Line:
    return Line(key, content, size, metadata)


SOURCE = [line("a", "1"), line("a", "2"), line("b", "3"), line("c", "4"), line("c", None, 0, None)]
DAMAGES: dict[str, tuple[list[Line], str]] = {
    "an object is missing": ([each for each in SOURCE if each.key != "b"], "'b' is missing"),
    "a version is missing": (SOURCE[1:], "'a' has 2 versions at the source and 1"),
    "a delete marker is missing": (SOURCE[:-1], "'c' has 2 versions"),
    "another content of the same size": ([*SOURCE[:2], line("b", "9"), *SOURCE[3:]], "'b' has another content"),
    "two versions changed places": ([SOURCE[1], SOURCE[0], *SOURCE[2:]], "version 1 of 'a' has another content"),
    "another object instead": (
        [line("z", "3") if each.key == "b" else each for each in SOURCE],
        "'z' is at the target alone",
    ),
    "other metadata": ([*SOURCE[:2], line("b", "3", metadata="n"), *SOURCE[3:]], "'b' has another metadata"),
    "one too many": ([*SOURCE, line("d", "5")], "'d' is at the target alone"),
}


def noticed(check: Callable[[Iterable[Line], Iterable[Line]], Iterator[Difference]]) -> set[str]:
    """Return the damages that a check of manifests notices and names."""
    return {
        name for name, (target, told) in DAMAGES.items() if any(told in found.words for found in check(SOURCE, target))
    }


def test_every_damage_to_what_was_copied_is_noticed_and_named() -> None:
    assert list(differences(SOURCE, SOURCE)) == []
    assert noticed(differences) == DAMAGES.keys()


def test_a_check_that_compares_counts_alone_is_noticed() -> None:
    """The seeded bug of this family."""

    def counts(source: Iterable[Line], target: Iterable[Line]) -> Iterator[Difference]:
        if len(list(source)) != len(list(target)):
            yield from differences(SOURCE, target)

    assert "another content of the same size" not in noticed(counts)
    assert noticed(counts) != DAMAGES.keys()


def test_what_a_copier_wrote_twice_in_a_row_counts_once_and_no_other_surplus_does() -> None:
    one, two = line("a", "1"), line("a", "2")
    assert without_repeats([one, two], [one, one, two, two]) == [one, two]
    assert without_repeats([one, one], [one, one]) == [one, one]
    assert without_repeats([one], [one, two]) == [one, two]
    assert without_repeats([one, two], [one, two, one]) == [one, two, one]


def test_fields_that_copiers_add_are_no_content() -> None:
    plain = metadata_hash("text/plain", {"owner": "a"})
    assert metadata_hash("text/plain", {"Owner": "a", "mtime": "1", "Md5chksum": "x"}) == plain
    assert metadata_hash("text/plain", {"owner": "b"}) != plain
    assert metadata_hash("text/html", {"owner": "a"}) != plain


@pytest.mark.parametrize(
    ("day", "refused", "told"),
    [
        (date(2027, 4, 1), True, "2027-03-31 was the day by which it is empty: people: 'users/1'"),
        (date(2027, 3, 31), False, "within 7 days (0)"),
        (date(2027, 3, 24), False, "within 7 days (7)"),
        (date(2027, 3, 23), False, "within 30 days (8)"),
        (date(2027, 1, 1), False, "within 90 days (89)"),
    ],
)
def test_one_object_left_after_the_day_is_refused_and_named_and_before_it_warned_of(
    day: date, refused: bool, told: str
) -> None:
    left = Left(versions=1, bytes=5, named=("people: 'users/1' (version v0)",))
    ((was, words),) = judged(left, date(2027, 3, 31), day)
    assert was is refused
    assert told in words


def test_an_empty_source_is_never_late_and_a_full_one_long_before_its_day_neither() -> None:
    assert list(judged(Left(), date(2027, 3, 31), date(2030, 1, 1))) == []
    assert list(judged(Left(versions=1), date(2027, 3, 31), date(2026, 1, 1))) == []


def test_a_delete_marker_and_an_unfinished_upload_are_left_too() -> None:
    assert not Left(markers=1).empty
    assert not Left(uploads=1).empty


def test_progress_tells_the_rate_of_this_run_and_the_time_left_by_what_is_slower() -> None:
    told = Progress(600, 5_000, 1_000, 10_000, seconds=10, before_objects=100, before_bytes=4_000)
    assert told.objects_per_second == pytest.approx(50)
    assert told.bytes_per_second == pytest.approx(100)
    assert told.seconds_left == pytest.approx(50)
    assert str(told) == "600 of 1,000 objects, 5.0 kB of 10.0 kB, 50 objects/s, 100 B/s, 50 s left"
    assert Progress(0, 0, 1, 1, seconds=0).seconds_left is None
    assert Progress(1, 0, 1, 0, seconds=1).seconds_left == 0


@pytest.mark.parametrize(
    ("names", "folder"),
    [
        (["a"], ""),
        (["a/b", "a/c"], "a/"),
        (["a/b/c", "a/b/d/e"], "a/b/"),
        (["a/b", "ab"], ""),
        (["a/bc/d", "a/be/d"], "a/"),
        (["x/y/z"], "x/y/"),
    ],
)
def test_the_folder_of_names_is_the_deepest_that_holds_them_all(names: list[str], folder: str) -> None:
    assert folder_of(names) == folder


@given(st.lists(KEYS, unique=True, min_size=1, max_size=30), st.integers(1, 5), st.sampled_from(["", "a/", "b/c/"]))
def test_no_version_below_a_folder_is_left_uncounted(keys: list[str], most: int, folder: str) -> None:
    whole = [history(key, "x") for key in sorted({*keys, f"{folder}one"})]
    every = [part for part, _ in parts(whole, most, 10_000)]
    below = sum(each.key.startswith(folder) for each in whole)
    assert below <= versions_below(every, folder) <= len(whole)
