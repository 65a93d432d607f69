"""GitLab: notes of a merge request, issues, and the artifacts of earlier jobs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from console.ci.telling.api import Api, ApiError
from console.ci.telling.board import Post

if TYPE_CHECKING:
    from collections.abc import Iterator

    from console.ci.telling.board import Text

LONGEST: Final = 900_000
"""Letters of a note or an issue; GitLab takes 1,048,576."""
FENCE: Final = re.compile(r"\s*(```|~~~)")


def api_of(base: str, token: str, rights: str) -> Api:
    """Return the API as a token's owner may use it."""
    return Api(base, {"PRIVATE-TOKEN": token}, rights)


@dataclass(frozen=True)
class Project:
    """A project, by its number."""

    api: Api
    number: int

    @cached_property
    def me(self) -> int:
        """Who the token writes as, by number. Raises ApiError."""
        told = self.api.get("/user")
        if not isinstance(told, dict) or not isinstance(told.get("id"), int):
            raise ApiError("GitLab does not say who the token belongs to")
        return int(told["id"])

    def is_mine(self, entry: Any) -> bool:
        """Whether a note or an issue was written by this token's owner, and not by GitLab itself in their name."""
        return (entry.get("author") or {}).get("id") == self.me and not entry.get("system")


@dataclass(frozen=True)
class Notes:
    """The notes of a merge request."""

    project: Project
    number: int

    def mine(self) -> Iterator[Post]:
        """Yield our notes."""
        path = f"{self._path}?per_page=100&sort=asc&order_by=created_at"
        for entry in self.project.api.pages(path, f"read the notes of merge request {self.number}"):
            if self.project.is_mine(entry):
                yield Post(int(entry["id"]), str(entry.get("body") or ""))

    def create(self, text: Text) -> int:
        """Write a new note."""
        what = f"write a note on merge request {self.number}"
        return int(self.project.api.send("POST", self._path, {"body": calm(text.body)}, what)["id"])

    def edit(self, post: int, text: Text) -> None:
        """Change a note."""
        self.project.api.send("PUT", f"{self._path}/{post}", {"body": calm(text.body)}, f"edit note {post}")

    def remove(self, post: int) -> None:
        """Delete a note."""
        self.project.api.send("DELETE", f"{self._path}/{post}", None, f"delete note {post}")

    @property
    def _path(self) -> str:
        return f"/projects/{self.project.number}/merge_requests/{self.number}/notes"


@dataclass(frozen=True)
class Issues:
    """The open issues of a project; one that is removed is closed."""

    project: Project

    def mine(self) -> Iterator[Post]:
        """Yield our open issues."""
        path = f"{self._path}?state=opened&scope=all&author_id={self.project.me}&per_page=100"
        for entry in self.project.api.pages(path, "read the issues"):
            if self.project.is_mine(entry):
                yield Post(int(entry["iid"]), str(entry.get("description") or ""))

    def create(self, text: Text) -> int:
        """Open an issue."""
        body = {"title": text.title, "description": calm(text.body)}
        return int(self.project.api.send("POST", self._path, body, "open an issue")["iid"])

    def edit(self, post: int, text: Text) -> None:
        """Change an issue; where nothing is left to tell, it is closed."""
        closed = {} if text.needed else {"state_event": "close"}
        body = {"title": text.title, "description": calm(text.body), **closed}
        self.project.api.send("PUT", f"{self._path}/{post}", body, f"edit issue {post}")

    def remove(self, post: int) -> None:
        """Close an issue that another one of ours stands for."""
        self.project.api.send("PUT", f"{self._path}/{post}", {"state_event": "close"}, f"close issue {post}")

    @property
    def _path(self) -> str:
        return f"/projects/{self.project.number}/issues"


def last_artifacts(project: Project, job: str, branch: str, not_of: int) -> bytes | None:
    """Return what the newest finished job of this name on a branch left, as a zip; None where there is none.

    A red job counts as well; ``not_of`` is this job. Raises ApiError.
    """
    path = f"/projects/{project.number}/jobs?scope[]=success&scope[]=failed&per_page=100"
    for one in project.api.get(path) or ():
        if (
            one.get("name") == job
            and one.get("ref") == branch
            and one.get("id") != not_of
            and one.get("artifacts_file")
        ):
            number = int(one["id"])
            return project.api.download(
                f"/projects/{project.number}/jobs/{number}/artifacts", f"read the artifacts of job {number}"
            )
    return None


def calm(text: str) -> str:
    """Return a text in which no line is a command to GitLab (`/close`); code is none anyway."""
    fenced, lines = False, []
    for line in text.split("\n"):
        if FENCE.match(line):
            fenced = not fenced
        acts = not fenced and line.lstrip().startswith("/")
        lines.append(line.replace("/", "&#47;", 1) if acts else line)
    return "\n".join(lines)
