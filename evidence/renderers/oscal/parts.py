"""What OSCAL documents are made of here: names that stay the same, properties, and words in which nothing acts."""

from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID, uuid5

if TYPE_CHECKING:
    from evidence.record.model import Record

VERSION: Final = "1.1.3"
NAMESPACE: Final = "urn:enclave:evidence"
ROOT: Final = UUID("6f0c4f0e-52a5-5d0c-9c5c-0d7b3c1f6a14")
TEXT: Final = 4_000
SPACE: Final = re.compile(r"[\s\x00-\x1f\x7f-\x9f]+")
MARKUP: Final = re.compile(r"([\\`*_\[\]<>])")
NO_TOKEN: Final = re.compile(r"[^A-Za-z0-9._-]+")


class Names:
    """Makes UUIDs (version 5) of what is told about one content, so that the same content has the same."""

    def __init__(self, content: bytes) -> None:
        self._root = uuid5(ROOT, hashlib.sha256(content).hexdigest())

    def of(self, *parts: str) -> str:
        """Return the UUID of one part of the content."""
        return str(uuid5(self._root, json.dumps(parts)))


def metadata(record: Record, title: str) -> dict[str, Any]:
    """Return what stands at the head of a document about a run."""
    return {
        "title": title,
        "last-modified": record.run.moment,
        "version": record.run.commit or record.run.as_of,
        "oscal-version": VERSION,
    }


def props(**told: object) -> list[dict[str, str]]:
    """Return properties of our own namespace; what is empty is left out."""
    found = ((name.replace("_", "-"), line(told_)) for name, told_ in told.items() if told_ not in (None, ""))
    return [{"name": name, "ns": NAMESPACE, "value": value} for name, value in found if value]


def line(value: object) -> str:
    """Return a value as OSCAL has strings: one line, and no space at its ends."""
    text = SPACE.sub(" ", str(value)).strip()
    return text if len(text) <= TEXT else f"{text[:TEXT]}… (cut; record.json has it all)"


def prose(value: object) -> str:
    """Return words as OSCAL's Markdown, in which no name is markup."""
    return MARKUP.sub(r"\\\1", line(value)) or "-"


def token(value: str) -> str:
    """Return a name as OSCAL has tokens."""
    plain = NO_TOKEN.sub("-", value)[:200]
    return plain if plain[:1].isalpha() else f"_{plain}"


def written(plain: Any) -> bytes:
    """Return a document's one form."""
    return (json.dumps(plain, ensure_ascii=True, separators=(",", ":")) + "\n").encode()
