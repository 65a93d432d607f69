"""A bundle is believed as it was signed, and in no other form."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from evidence.bundle.checking import Expected
from evidence.bundle.contents import ENVELOPE, contents
from tests.evidence.bundles import Bundle, bundle_in, small
from tests.evidence.changes import CHANGES, FILES
from tests.evidence.verifiers import checked

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def bundle(tmp_path: Path) -> Bundle:
    return bundle_in(tmp_path / "made")


def test_a_bundle_as_it_was_signed_is_believed(bundle: Bundle) -> None:
    found = checked(bundle)
    assert found.problems == ()
    assert found.rendered is True
    assert found.record == small()


def test_the_same_record_gives_the_same_bytes() -> None:
    assert contents(small()) == contents(small())


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("dropped", (f"{FILES[0]} is missing",)),
        ("added", ("more.txt was added: nobody has signed it",)),
        ("added below", ("more/more.txt was added: nobody has signed it",)),
        ("added by a linked folder", ("more was added: nobody has signed it",)),
        ("swapped", tuple(f"{name} was changed, or another file stands in its place" for name in FILES[:2])),
        ("linked", (f"{FILES[0]} is a link to another file, and no file of its own",)),
        ("a pipe", (f"{FILES[0]} is a link to another file, and no file of its own",)),
        ("dated back", ("record.json was changed, or another file stands in its place",)),
        (
            "dated back and signed by another",
            (f"{ENVELOPE} is not signed by this key, or was changed after that",),
        ),
    ],
)
def test_what_was_done_to_it_is_named(bundle: Bundle, change: str, told: tuple[str, ...]) -> None:
    CHANGES[change](bundle)
    assert checked(bundle).problems == told


@pytest.mark.parametrize("what", ["stack", "commit", "law", "state"])
def test_a_bundle_about_something_else_is_named_as_such(bundle: Bundle, what: str) -> None:
    (problem,) = checked(bundle, Expected(**{what: "another"})).problems
    assert f"a bundle of another {what}" in problem


def test_a_check_that_compares_no_digest_is_noticed(bundle: Bundle, monkeypatch: pytest.MonkeyPatch) -> None:
    """The seeded bug of this family."""
    monkeypatch.setattr("evidence.bundle.checking._files", lambda _found, _digests: iter(()))
    file = bundle.folder / "findings.csv"
    file.write_bytes(file.read_bytes() + b"x")
    assert checked(bundle).problems  # the renderings are made again, and differ


def test_renderings_of_another_version_are_not_held_against_this_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.evidence.bundles.own_digest", lambda: "0" * 64)
    made = bundle_in(tmp_path / "older")
    found = checked(made)
    assert (found.problems, found.rendered) == ((), None)
