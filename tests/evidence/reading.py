"""The words of each format, as its own reader shows them: what is escaped in the file is plain here."""

from __future__ import annotations

import csv
import io
import json
import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote
from xml.etree import ElementTree as ET

from markdown_it import MarkdownIt

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping


def words(name: str, content: bytes) -> str:
    """Return everything that a file tells, with single spaces."""
    text = READERS[name.rpartition(".")[2]](content.decode())
    return re.sub(r"\s+", " ", text)


def _csv(text: str) -> str:
    return "\n".join(" ".join(line) for line in csv.reader(io.StringIO(text)))


def _json(text: str) -> str:
    return "\n".join(_strings(json.loads(text)))


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for name, one in value.items():
            yield name
            yield from _strings(one)
    elif isinstance(value, list):
        for one in value:
            yield from _strings(one)
    else:
        yield str(value)


def _xml(text: str) -> str:
    root = ET.fromstring(text)  # noqa: S314 (our own document)
    return "\n".join(" ".join([*each.attrib.values(), each.text or ""]) for each in root.iter())


class _Shown(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.told: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.hidden += tag in ("script", "style")
        self.told += [value for _, value in attrs if value]

    def handle_endtag(self, tag: str) -> None:
        self.hidden -= tag in ("script", "style")

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.told.append(data)


def _html(text: str) -> str:
    shown = _Shown()
    shown.feed(text)
    return "".join(shown.told)


def _markdown(text: str) -> str:
    return _html(MarkdownIt("commonmark", {"html": True}).enable("table").render(text))


READERS: Final[Mapping[str, Callable[[str], str]]] = {
    "csv": _csv,
    "sarif": _json,
    "json": _json,
    "xml": _xml,
    "html": _html,
    "md": _markdown,
    "txt": unquote,
}
