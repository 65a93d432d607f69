"""The pages of the documentation as tests read them: prose, links, anchors, and what stands in fences."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
_FENCE = re.compile(r"^( *)```(\w*)$\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`[^`\n]+`")
_LINK = re.compile(r"(?<!\\)\[(?:[^\[\]]|`[^`]*`)*\]\(([^()\s]+)\)")
_HEADING = re.compile(r"^#{1,6} +(.+?) *#*$", re.MULTILINE)


@dataclass(frozen=True)
class Page:
    """One page: its path below the repository's root, and its Markdown."""

    path: str
    text: str

    @property
    def prose(self) -> str:
        """The text without fenced blocks; its lines keep their numbers."""
        return _FENCE.sub(lambda fence: "\n" * fence[0].count("\n"), self.text)

    @property
    def links(self) -> list[str]:
        """The targets of all links and images."""
        return _LINK.findall(_CODE.sub(lambda code: "x" * len(code[0]), self.prose))

    @property
    def anchors(self) -> frozenset[str]:
        """What a link may name behind ``#``, by GitHub's rules."""
        found: dict[str, int] = {}
        anchors = set()
        for heading in _HEADING.findall(self.prose):
            words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
            anchor = re.sub(r"[^\w\- ]", "", words).replace(" ", "-")
            count = found[anchor] = found.get(anchor, -1) + 1
            anchors.add(f"{anchor}-{count}" if count else anchor)
        return frozenset(anchors)

    def fences(self, language: str | None = None) -> list[str]:
        """Return the contents of fenced blocks, of one language or of all."""
        return [fence[3] for fence in _FENCE.finditer(self.text) if language in (None, fence[2])]


def tracked() -> tuple[str, ...]:
    """Return the paths of all files that the repository holds or would hold, as git tells them."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    return tuple(path for path in listed if (ROOT / path).is_file())


def pages() -> tuple[Page, ...]:
    """Return every Markdown page of the repository."""
    found = tuple(_page(path) for path in tracked() if path.endswith(".md"))
    assert {"README.md", "CONTRIBUTING.md", "docs/glossary.md"} <= {page.path for page in found}
    return found


def page(path: str) -> Page:
    """Return one page."""
    return _page(path)


def _page(path: str) -> Page:
    return Page(path, (ROOT / path).read_text(encoding="utf-8"))


def broken_links(page: Page, others: dict[str, Page], files: frozenset[str]) -> Iterator[str]:
    """Yield each link of a page that leads to no file, no folder or no heading; links to the web are not followed."""
    for link in page.links:
        if re.match(r"[a-z][a-z0-9+.-]*:", link):
            continue
        target, _, anchor = link.partition("#")
        path = _resolved(page.path, target) if target else page.path
        if path not in files:
            yield f"{page.path}: {link} leads to no file"
        elif anchor and (path not in others or anchor not in others[path].anchors):
            yield f"{page.path}: {link} leads to no heading"


def _resolved(start: str, target: str) -> str:
    parts = list(Path(start).parent.parts)
    for part in Path(target).parts:
        if part == ".." and parts:
            parts.pop()
        else:
            parts.append(part)
    return "/".join(parts)


def with_folders(files: tuple[str, ...]) -> frozenset[str]:
    """Return paths, and every folder that one of them lies in."""
    folders = {str(parent) for path in files for parent in Path(path).parents}
    return frozenset(files) | (folders - {"."})
