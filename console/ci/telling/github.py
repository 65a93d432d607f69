"""GitHub: comments of a pull request, issues, and the artifacts of earlier runs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from console.ci.telling.api import Api, ApiError
from console.ci.telling.board import Post

if TYPE_CHECKING:
    from collections.abc import Iterator

    from console.ci.telling.board import Text

LONGEST: Final = 65_000
"""Letters of a comment or an issue; GitHub takes 65,536."""


def api_of(base: str, token: str, rights: str) -> Api:
    """Return the API as a token's owner may use it."""
    headers = {
        "Accept": "application/vnd.github+json",
        "Authorization": f"Bearer {token}",
        "X-GitHub-Api-Version": "2022-11-28",
    }
    return Api(base, headers, rights)


@dataclass(frozen=True)
class Repository:
    """A repository (`owner/name`). ``graphql`` is the address that alone tells every kind of token who it is."""

    api: Api
    name: str
    graphql: str

    @cached_property
    def me(self) -> str:
        """Who the token writes as. Raises ApiError."""
        asking = Api(self.graphql, self.api.headers, self.api.rights, self.api.pause)
        told = asking.send("POST", "", {"query": "query { viewer { login } }"}, "ask who the token belongs to")
        try:
            return str(told["data"]["viewer"]["login"])
        except (KeyError, TypeError):
            raise ApiError("cannot ask who the token belongs to: GitHub does not say; is the token valid?") from None

    def is_mine(self, entry: Any) -> bool:
        """Whether a comment or an issue was written by this token's owner."""
        return (entry.get("user") or {}).get("login") == self.me


@dataclass(frozen=True)
class Comments:
    """The comments of a pull request."""

    repository: Repository
    number: int

    def mine(self) -> Iterator[Post]:
        """Yield our comments."""
        path = f"/repos/{self.repository.name}/issues/{self.number}/comments?per_page=100"
        for entry in self.repository.api.pages(path, f"read the comments of pull request {self.number}"):
            if self.repository.is_mine(entry):
                yield Post(int(entry["id"]), str(entry.get("body") or ""))

    def create(self, text: Text) -> int:
        """Write a new comment."""
        path = f"/repos/{self.repository.name}/issues/{self.number}/comments"
        what = f"write a comment on pull request {self.number}"
        return int(self.repository.api.send("POST", path, {"body": text.body}, what)["id"])

    def edit(self, post: int, text: Text) -> None:
        """Change a comment."""
        self.repository.api.send("PATCH", self._path(post), {"body": text.body}, f"edit comment {post}")

    def remove(self, post: int) -> None:
        """Delete a comment."""
        self.repository.api.send("DELETE", self._path(post), None, f"delete comment {post}")

    def _path(self, post: int) -> str:
        return f"/repos/{self.repository.name}/issues/comments/{post}"


@dataclass(frozen=True)
class Issues:
    """The open issues of a repository; one that is removed is closed."""

    repository: Repository

    def mine(self) -> Iterator[Post]:
        """Yield our open issues; pull requests are issues too, and are left out."""
        path = f"/repos/{self.repository.name}/issues?state=open&per_page=100"
        for entry in self.repository.api.pages(path, "read the issues"):
            if "pull_request" not in entry and self.repository.is_mine(entry):
                yield Post(int(entry["number"]), str(entry.get("body") or ""))

    def create(self, text: Text) -> int:
        """Open an issue."""
        body = {"title": text.title, "body": text.body}
        path = f"/repos/{self.repository.name}/issues"
        return int(self.repository.api.send("POST", path, body, "open an issue")["number"])

    def edit(self, post: int, text: Text) -> None:
        """Change an issue; where nothing is left to tell, it is closed."""
        closed = {} if text.needed else {"state": "closed", "state_reason": "completed"}
        self._changed(post, {"title": text.title, "body": text.body, **closed}, "edit")

    def remove(self, post: int) -> None:
        """Close an issue that another one of ours stands for."""
        self._changed(post, {"state": "closed", "state_reason": "not_planned"}, "close")

    def _changed(self, post: int, fields: dict[str, str], what: str) -> None:
        path = f"/repos/{self.repository.name}/issues/{post}"
        self.repository.api.send("PATCH", path, fields, f"{what} issue {post}")


def last_artifact(repository: Repository, name: str, branch: str, not_of: int) -> bytes | None:
    """Return the newest artifact of this name that a run on a branch of ours left, as a zip; None where there is none.

    A fork's run can have a branch of that name; ``not_of`` is this run. Raises ApiError.
    """
    listed = repository.api.get(f"/repos/{repository.name}/actions/artifacts?name={name}&per_page=100")
    found = [
        one
        for one in listed.get("artifacts", ())
        if not one.get("expired")
        and (run := one.get("workflow_run") or {}).get("head_branch") == branch
        and run.get("head_repository_id") == run.get("repository_id")
        and run.get("id") != not_of
    ]
    if not found:
        return None
    newest = max(int(one["id"]) for one in found)
    return repository.api.download(
        f"/repos/{repository.name}/actions/artifacts/{newest}/zip", f"read artifact {newest}"
    )
