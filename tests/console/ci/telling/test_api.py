"""The API is asked again where that is safe, its errors say what to do, and no other host is sent the token."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from console.ci.telling import github, gitlab
from console.ci.telling.api import Api, ApiError, GoneError, UnsureError
from console.ci.telling.board import Run, Text, tell
from tests.console.ci.telling.stand_in import KARI, zipped
from tests.console.ci.telling.test_board import on_github, on_gitlab, waited

if TYPE_CHECKING:
    from tests.console.ci.telling.stand_in import Platform


def api(platform: Platform, pauses: list[float]) -> Api:
    """Return the stand-in's API."""
    return Api(platform.url, {"Authorization": "Bearer secret"}, "`issues: write`", pauses.append)


@pytest.mark.parametrize("status", [500, 502, 503, 504, 429])
def test_reading_is_tried_again_after_a_while(platform: Platform, status: int) -> None:
    pauses = waited()
    platform.faults.extend([("GET", status, {}), ("GET", status, {})])
    assert api(platform, pauses).get("/user")["id"] == 41898282
    assert pauses == [1.0, 2.0]


def test_the_wait_is_what_the_platform_asks_for_within_limits(platform: Platform) -> None:
    pauses = waited()
    platform.faults.extend([("GET", 403, {"Retry-After": "7"}), ("GET", 429, {"Retry-After": "86400"})])
    api(platform, pauses).get("/user")
    assert pauses == [7.0, 60.0]


def test_a_limit_that_is_used_up_is_no_missing_right(platform: Platform) -> None:
    platform.faults.append(("POST", 403, {"X-RateLimit-Remaining": "0"}))
    assert api(platform, waited()).send("POST", "/repos/o/r/issues", {"title": "x", "body": "x"}, "open an issue")
    assert len(platform.issues) == 1


def test_after_four_tries_it_says_so(platform: Platform) -> None:
    platform.faults.extend([("GET", 503, {})] * 4)
    with pytest.raises(ApiError, match=r"cannot read /user: the API answers 503 \(as the test wants it\), 4 times"):
        api(platform, waited()).get("/user")


def test_writing_is_never_tried_again_blindly(platform: Platform) -> None:
    platform.faults.append(("POST", 502, {}))
    with pytest.raises(UnsureError, match="cannot open an issue: the API answers 502"):
        api(platform, waited()).send("POST", "/repos/o/r/issues", {"title": "x"}, "open an issue")
    assert platform.seen == [("POST", "/repos/o/r/issues")]


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (401, "the token is not valid, or has ended; make a new one"),
        (403, "the token may not do this; it needs `issues: write`"),
        (404, "there is no such thing, or the token may not see it; it needs `issues: write`"),
        (422, r"the API answers 422 \(as the test wants it\)$"),
        (301, r"the API answers 301"),
    ],
)
def test_a_refusal_says_what_was_tried_and_what_to_do(platform: Platform, status: int, told: str) -> None:
    platform.faults.append(("GET", status, {"Location": platform.elsewhere}))
    with pytest.raises(ApiError, match=told) as raised:
        api(platform, waited()).get("/user")
    assert (raised.value.status, isinstance(raised.value, GoneError)) == (status, status == 404)
    assert len(platform.seen) == 1


def test_nobody_there_is_no_traceback() -> None:
    with pytest.raises(ApiError, match=r"cannot read /user: no answer \(.*refused"):
        Api("http://127.0.0.1:9", {}, "", waited().append).get("/user")


def test_the_next_page_is_never_asked_of_another_host(platform: Platform) -> None:
    for number in range(4):
        platform.add(platform.comments, KARI, f"I say {number}")
    aside = replace(platform, comments=platform.comments)
    asking = api(platform, waited())
    platform.url = aside.elsewhere  # the links lead there now
    with pytest.raises(ApiError, match="on another host, which must not have the token"):
        [*asking.pages("/repos/o/r/issues/9/comments?per_page=100", "read")]


def test_a_file_is_fetched_from_elsewhere_without_the_token(platform: Platform) -> None:
    platform.zip = zipped({"results.json": "{}"})
    repository = {"head_repository_id": 1, "repository_id": 1, "head_branch": "main"}
    platform.artifacts = [
        {"id": 1, "expired": False, "workflow_run": {**repository, "id": 3}},
        {"id": 2, "expired": False, "workflow_run": {**repository, "id": 4}},
        {"id": 3, "expired": True, "workflow_run": {**repository, "id": 5}},
        {"id": 4, "expired": False, "workflow_run": {**repository, "id": 6, "head_branch": "other"}},
        {"id": 5, "expired": False, "workflow_run": {**repository, "id": 7, "head_repository_id": 2}},
        {"id": 6, "expired": False, "workflow_run": {**repository, "id": 8}},
    ]
    with pytest.raises(ApiError, match="an address that is not https"):
        github.last_artifact(on_github(platform), "enclave-standing", "main", 8)
    assert platform.seen[-1] == ("GET", "/repos/o/r/actions/artifacts/2/zip")
    platform.elsewhere = platform.url
    platform.tokens.clear()
    assert github.last_artifact(on_github(platform), "enclave-standing", "main", 8) == platform.zip
    assert platform.tokens[-2:] == ["Bearer secret", ""]


def test_gitlabs_newest_finished_job_is_taken_red_ones_too(platform: Platform) -> None:
    platform.zip, platform.elsewhere = zipped({"results.json": "{}"}), platform.url
    job = {"name": "enclave-standing", "ref": "main", "artifacts_file": {"filename": "artifacts.zip"}}
    platform.artifacts = [
        {**job, "id": 9},
        {**job, "id": 8, "name": "preview"},
        {**job, "id": 7, "ref": "other"},
        {**job, "id": 6, "artifacts_file": None},
        {**job, "id": 5, "status": "failed"},
        {**job, "id": 4},
    ]
    assert gitlab.last_artifacts(on_gitlab(platform), "enclave-standing", "main", 9) == platform.zip
    assert ("GET", "/projects/5/jobs/5/artifacts") in platform.seen


def test_a_line_is_no_command_to_gitlab(platform: Platform) -> None:
    tell(gitlab.Notes(on_gitlab(platform), 9), "verdict", Run(1), Text("a\n/close\n```\n/in/a/file\n```\n  /approve"))
    assert platform.comments[0].body.split("\n")[1:] == [
        "a",
        "&#47;close",
        "```",
        "/in/a/file",
        "```",
        "  &#47;approve",
    ]
