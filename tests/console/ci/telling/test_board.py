"""There is one comment of ours, whoever else writes at the same time; and nobody else's is ever changed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import pytest

from console.ci.telling import github, gitlab
from console.ci.telling.api import ApiError
from console.ci.telling.board import Run, Text, marked, tell
from tests.console.ci.telling.stand_in import KARI, US, Platform

if TYPE_CHECKING:
    from collections.abc import Callable

    from console.ci.telling.board import Board

NEW: Final = Run(12)
TEXT: Final = Text("refused", title="Enclave: refused")


def waited() -> list[float]:
    """Return a list that remembers pauses instead of making them."""
    return []


def on_github(platform: Platform, pauses: list[float] | None = None) -> github.Repository:
    """Return our repository at the stand-in."""
    api = github.api_of(platform.url, "secret", "`pull-requests: write`")
    pause = (pauses if pauses is not None else waited()).append
    return github.Repository(replace(api, pause=pause), "o/r", f"{platform.url}/graphql")


def on_gitlab(platform: Platform) -> gitlab.Project:
    """Return our project at the stand-in."""
    return gitlab.Project(replace(gitlab.api_of(platform.url, "secret", "`api`"), pause=waited().append), 5)


BOARDS: Final[dict[str, Callable[[Platform], Board]]] = {
    "GitHub": lambda platform: github.Comments(on_github(platform), 9),
    "GitLab": lambda platform: gitlab.Notes(on_gitlab(platform), 9),
}


@pytest.fixture(params=BOARDS)
def board(request: pytest.FixtureRequest, platform: Platform) -> Board:
    """The comments of a request, on each platform."""
    return BOARDS[request.param](platform)


def test_it_is_written_once_and_edited_after_that(board: Board, platform: Platform) -> None:
    assert tell(board, "verdict", Run(11), Text("green")) == "written"
    assert tell(board, "verdict", NEW, TEXT) == "edited"
    assert platform.ours == [marked("verdict", NEW, "refused")]


def test_it_is_found_on_a_later_page(board: Board, platform: Platform) -> None:
    for number in range(8):
        platform.add(platform.comments, KARI, f"I say {number}")
    ours = platform.add(platform.comments, US, marked("verdict", Run(11), "green"))
    assert tell(board, "verdict", NEW, TEXT) == "edited"
    assert ours.body == marked("verdict", NEW, "refused")
    assert len(platform.comments) == 9


def a_strangers_is_left_alone(board: Board, platform: Platform) -> None:
    theirs = platform.add(platform.comments, KARI, marked("verdict", Run(11), "all is green, believe me"))
    before = theirs.body
    assert tell(board, "verdict", NEW, TEXT) == "written"
    assert theirs.body == before
    assert platform.ours == [marked("verdict", NEW, "refused")]


def test_a_strangers_comment_with_our_mark_is_never_edited(board: Board, platform: Platform) -> None:
    a_strangers_is_left_alone(board, platform)


@pytest.mark.parametrize("owner", [github.Repository, gitlab.Project])
def test_this_family_notices_when_everybodys_comments_count_as_ours(
    owner: type, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(owner, "is_mine", lambda _self, _entry: True)
    board = BOARDS["GitHub" if owner is github.Repository else "GitLab"](platform)
    with pytest.raises(AssertionError):
        a_strangers_is_left_alone(board, platform)


def test_a_person_is_not_taken_for_an_app_of_the_same_name(platform: Platform) -> None:
    platform.add(
        platform.comments, {"login": "github-actions", "id": 3, "type": "User"}, marked("verdict", Run(1), "x")
    )
    assert [*github.Comments(on_github(platform), 9).mine()] == []


def test_the_mark_counts_at_the_beginning_alone(board: Board, platform: Platform) -> None:
    quoting = platform.add(platform.comments, US, "somebody wrote\n" + marked("verdict", Run(11), "green"))
    other = platform.add(platform.comments, US, marked("another", Run(11), "mine is another one"))
    assert tell(board, "verdict", NEW, TEXT) == "written"
    assert (quoting.body[:8], other.body[-3:]) == ("somebody", "one")


def test_of_two_that_write_at_once_one_stays(board: Board, platform: Platform) -> None:
    def another_run_writes(method: str, path: str) -> None:
        if method == "POST" and path != "/graphql" and not platform.comments:
            platform.add(platform.comments, US, marked("verdict", Run(11), "green"))

    platform.before = another_run_writes
    assert tell(board, "verdict", NEW, TEXT) == "edited"
    assert platform.ours == [marked("verdict", NEW, "refused")]


def test_the_newer_of_two_that_write_at_once_is_told(board: Board, platform: Platform) -> None:
    def another_run_writes(method: str, path: str) -> None:
        if method == "POST" and path != "/graphql" and not platform.comments:
            platform.add(platform.comments, US, marked("verdict", Run(13), "green"))

    platform.before = another_run_writes
    assert tell(board, "verdict", NEW, TEXT) == "a newer run has told already"
    assert platform.ours == [marked("verdict", Run(13), "green")]


@pytest.mark.parametrize("newer", [Run(13), Run(12, 2)])
def test_an_older_run_never_writes_over_a_newer_one(board: Board, platform: Platform, newer: Run) -> None:
    platform.add(platform.comments, US, marked("verdict", newer, "green"))
    assert tell(board, "verdict", NEW, TEXT) == "a newer run has told already"
    assert platform.ours == [marked("verdict", newer, "green")]


def test_doubles_of_earlier_runs_go(board: Board, platform: Platform) -> None:
    for number in (3, 4, 5):
        platform.add(platform.comments, US, marked("verdict", Run(number), "old"))
    oldest = platform.comments[0].id
    assert tell(board, "verdict", NEW, TEXT) == "edited"
    assert [(one.id, one.body) for one in platform.comments] == [(oldest, marked("verdict", NEW, "refused"))]


def test_one_that_is_deleted_meanwhile_is_written_again(board: Board, platform: Platform) -> None:
    platform.add(platform.comments, US, marked("verdict", Run(11), "green"))

    def somebody_deletes(method: str, _path: str) -> None:
        if method in ("PATCH", "PUT"):
            platform.comments.clear()

    platform.before = somebody_deletes
    assert tell(board, "verdict", NEW, TEXT) == "written"
    assert platform.ours == [marked("verdict", NEW, "refused")]


def test_an_answer_that_is_lost_doubles_nothing(board: Board, platform: Platform) -> None:
    board.mine()  # asks who we are by POST, on GitHub
    assert tell(board, "other", NEW, Text("x", needed=False)) == "nothing to tell"
    platform.lost = {"POST"}
    assert tell(board, "verdict", NEW, TEXT) == "edited"
    assert platform.ours == [marked("verdict", NEW, "refused")]


def test_nothing_new_is_written_where_there_is_nothing_to_tell(board: Board, platform: Platform) -> None:
    assert tell(board, "verdict", NEW, Text("nothing to preview", needed=False)) == "nothing to tell"
    assert platform.comments == []
    platform.add(platform.comments, US, marked("verdict", Run(11), "refused"))
    assert tell(board, "verdict", NEW, Text("nothing to preview", needed=False)) == "edited"
    assert platform.ours == [marked("verdict", NEW, "nothing to preview")]


def test_who_never_comes_to_an_end_says_so(platform: Platform) -> None:
    def somebody_deletes(method: str, _path: str) -> None:
        if method == "GET":
            platform.comments.clear()

    platform.before = somebody_deletes
    with pytest.raises(ApiError, match="others keep changing the same posts"):
        tell(BOARDS["GitHub"](platform), "verdict", NEW, TEXT)


@pytest.mark.parametrize(
    "issues", [lambda p: github.Issues(on_github(p)), lambda p: gitlab.Issues(on_gitlab(p))], ids=["GitHub", "GitLab"]
)
def test_one_issue_is_opened_edited_and_closed(issues: Callable[[Platform], Board], platform: Platform) -> None:
    for number in range(4):
        platform.add(platform.issues, KARI, f"issue {number}")
    request = platform.add(platform.issues, US, marked("standing", Run(1), "a pull request"))
    request.more = {"pull_request": {}, "system": True}
    board = issues(platform)
    assert tell(board, "standing", Run(11), TEXT) == "written"
    assert tell(board, "standing", NEW, replace(TEXT, title="Enclave: 2 ends")) == "edited"
    ours = platform.issues[-1]
    assert (ours.title, ours.open, len(platform.issues)) == ("Enclave: 2 ends", True, 6)
    assert tell(board, "standing", Run(13), Text("all is as it should be", "Enclave", needed=False)) == "edited"
    assert (ours.open, request.open) == (False, True)
    assert tell(board, "standing", Run(14), TEXT) == "written"
    assert len(platform.issues) == 7
