"""Where a job runs, as its platform's own variables tell it, and what it lacks to tell anybody."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from console.ci.needs import Need
from console.ci.plain_files import content
from console.ci.telling import github, gitlab
from console.ci.telling.board import Run

if TYPE_CHECKING:
    from collections.abc import Mapping

    from console.ci.telling.board import Board

Kind = Literal["comment", "issue", "last"]
RIGHTS_GITHUB: Mapping[Kind, str] = {
    "comment": "`permissions: pull-requests: write` in the workflow",
    "issue": "`permissions: issues: write` in the workflow",
    "last": "`permissions: actions: read` in the workflow",
}
RIGHTS_GITLAB = "a project's access token with the scope `api` and the role Reporter or more"


class SurroundingsError(Exception):
    """Nobody can be told from here; the text says what is missing."""


@dataclass(frozen=True)
class Place:
    """Where a job runs. ``number`` is of the pull or merge request, None where there is none.

    ``lacking`` is the token that is not there; ``fork``: the change comes from another repository.
    """

    run: Run
    commit: str
    link: str
    longest: int
    number: int | None
    fork: bool
    lacking: Need | None
    platform: github.Repository | gitlab.Project
    branch: str
    job: int

    def board(self, kind: Kind) -> Board:
        """Return where posts of a kind are. Raises SurroundingsError without a pull or merge request to comment on."""
        if kind == "issue":
            return (
                github.Issues(self.platform)
                if isinstance(self.platform, github.Repository)
                else gitlab.Issues(self.platform)
            )
        if self.number is None:
            raise SurroundingsError("this job is about no pull or merge request, so there is nothing to comment on")
        if isinstance(self.platform, github.Repository):
            return github.Comments(self.platform, self.number)
        return gitlab.Notes(self.platform, self.number)


def place_of(environment: Mapping[str, str], kind: Kind) -> Place:
    """Return where this job runs. Raises SurroundingsError outside of GitHub Actions and GitLab CI."""
    try:
        if environment.get("GITHUB_ACTIONS") == "true":
            return _github(environment, kind)
        if environment.get("GITLAB_CI") == "true":
            return _gitlab(environment)
    except (KeyError, ValueError) as error:
        raise SurroundingsError(f"the platform's own variables are not as they should be: {error}") from None
    raise SurroundingsError("this runs neither in GitHub Actions nor in GitLab CI, so there is nobody to tell")


def _github(environment: Mapping[str, str], kind: Kind) -> Place:
    token, name = environment.get("GITHUB_TOKEN", ""), environment["GITHUB_REPOSITORY"]
    request = _event(environment).get("pull_request") or {}
    head = request.get("head") or {}
    server, run = environment.get("GITHUB_SERVER_URL", "https://github.com"), environment["GITHUB_RUN_ID"]
    base = environment.get("GITHUB_API_URL", "https://api.github.com")
    graphql = environment.get("GITHUB_GRAPHQL_URL", f"{base}/graphql")
    return Place(
        run=Run(int(environment["GITHUB_RUN_NUMBER"]), int(environment.get("GITHUB_RUN_ATTEMPT", "1"))),
        commit=str(head.get("sha") or environment.get("GITHUB_SHA", "")),
        link=f"{server}/{name}/actions/runs/{run}",
        longest=github.LONGEST,
        number=int(request["number"]) if request else None,
        fork=bool(request) and (head.get("repo") or {}).get("full_name") != name,
        lacking=None if token else Need.GITHUB,
        platform=github.Repository(github.api_of(base, token, RIGHTS_GITHUB[kind]), name, graphql),
        branch=environment.get("GITHUB_REF_NAME", ""),
        job=int(run),
    )


def _event(environment: Mapping[str, str]) -> dict[str, Any]:
    path = environment.get("GITHUB_EVENT_PATH")
    if not path:
        return {}
    try:
        found = json.loads(content(Path(path)))
    except OSError as error:
        raise ValueError(f"GITHUB_EVENT_PATH cannot be read: {error.strerror}") from None
    return found if isinstance(found, dict) else {}


def _gitlab(environment: Mapping[str, str]) -> Place:
    token, number = environment.get("ENCLAVE_GITLAB_TOKEN", ""), environment.get("CI_MERGE_REQUEST_IID")
    project = int(environment["CI_PROJECT_ID"])
    source = environment.get("CI_MERGE_REQUEST_SOURCE_PROJECT_ID")
    return Place(
        run=Run(int(environment["CI_PIPELINE_ID"])),
        commit=environment.get("CI_COMMIT_SHA", ""),
        link=environment.get("CI_PIPELINE_URL", ""),
        longest=gitlab.LONGEST,
        number=int(number) if number else None,
        fork=bool(source) and int(source or 0) != int(environment.get("CI_MERGE_REQUEST_PROJECT_ID", project)),
        lacking=None if token else Need.GITLAB,
        platform=gitlab.Project(gitlab.api_of(environment["CI_API_V4_URL"], token, RIGHTS_GITLAB), project),
        branch=environment.get("CI_COMMIT_REF_NAME", ""),
        job=int(environment.get("CI_JOB_ID", "0")),
    )
