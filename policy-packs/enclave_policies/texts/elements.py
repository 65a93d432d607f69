"""Configuration in elements (XML): ``<store><host>a</host></store>`` becomes {store: {host: a}}.

Attributes are settings like elements are. A pair counts as the setting that it means, however it is written:
``<property><name>x</name><value>y</value></property>`` (Hadoop), ``<property name="x" value="y"/>`` (Spring, Logback),
``<add key="x" value="y"/>`` (.NET), ``<entry key="x">y</entry>`` (Java). Names of namespaces and schemas are left out.

Expat (2.5, as in Python 3.11) writes entities out of the document itself until the text has grown a hundredfold, and
drops those from elsewhere in silence; so one that declares or uses any is not read at all.
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any, Final, NoReturn
from xml.parsers import expat

from enclave_policies.texts import patterns as known
from enclave_policies.texts.trees import deep, put

if TYPE_CHECKING:
    from collections.abc import Mapping

DEEPEST: Final = 100
NAMES: Final = ("name", "key")
VALUE: Final = "value"
BESIDE_PAIR: Final = frozenset({"final", "description", "source", "type", "comment", "scope", "override"})
"""What may stand beside a name and its value, and changes neither."""
TELLING: Final = (known.HOST_KEY, known.PLACE_KEY, known.BUCKET_KEY, known.MAIL_KEY, known.ACCOUNT_KEY)
"""Elements whose own names tell what their texts are, whatever name they give themselves."""
SCHEMAS: Final = frozenset({"schemaLocation", "noNamespaceSchemaLocation"})
ENTITY: Final = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#\w+);)[\w:.-]+;")
"""An entity that XML itself does not know."""
CDATA: Final = re.compile(r"<!\[CDATA\[.*?\]\]>|<!--.*?-->", re.DOTALL)
ENTITIES: Final = "holds a text with XML entities, which only its program can write out"


class UnreadableError(Exception):
    """A text that its program can read, and this judge cannot; the message says what it holds."""


def elements(text: str) -> dict[str, Any] | None:
    """Return the elements of a text, None for one of another form.

    Raises UnreadableError for one with entities, RecursionError for one that is nested without end.
    """
    if not text.lstrip("\ufeff \t\r\n").startswith("<"):
        return None
    reader = _Reader()
    try:
        reader.read(text)
    except (expat.ExpatError, ValueError):  # ValueError: letters that no text may hold
        return None
    return reader.root


class _Reader:
    """Builds the tree; ``open`` are the elements around the next one: name, settings, text."""

    def __init__(self) -> None:
        self.root: dict[str, Any] = {}
        self.open: list[tuple[str, dict[str, Any], list[str]]] = []

    def read(self, text: str) -> None:
        """Read a whole text."""
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self._begin
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.EntityDeclHandler = _refuse
        parser.StartDoctypeDeclHandler = partial(_refuse_undeclared, text)
        parser.Parse(text.lstrip("\ufeff \t\r\n"), True)

    def _begin(self, name: str, attributes: Mapping[str, str]) -> None:
        if len(self.open) >= DEEPEST:
            raise RecursionError
        told: dict[str, Any] = {}
        for key, value in attributes.items():
            if not (key.startswith("xmlns") or _local(key) in SCHEMAS):
                put(told, _local(key), value)
        self.open.append((_local(name), told, []))

    def _text(self, text: str) -> None:
        self.open[-1][2].append(text)

    def _end(self, _name: str) -> None:
        name, told, texts = self.open.pop()
        text = "".join(texts).strip()
        around = self.open[-1][1] if self.open else self.root
        pair = _pair(name, told, text)
        if pair is not None:
            deep(around, pair[0].split("."), pair[1])
        elif not told:
            put(around, name, text)
        else:
            if text:
                put(told, name, text)
            put(around, name, told)


def _pair(element: str, told: Mapping[str, Any], text: str) -> tuple[str, str] | None:
    """Return the name and the value of an element that is a pair of both."""
    name = next((told[each] for each in NAMES if isinstance(told.get(each), str) and told[each]), None)
    value = told.get(VALUE, text)
    if name is None or not isinstance(value, str) or not told.keys() <= {*NAMES, VALUE, *BESIDE_PAIR}:
        return None
    if VALUE not in told and (not text or any(pattern.fullmatch(element) for pattern in TELLING)):
        return None
    return name, value


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _refuse_undeclared(text: str, _name: str, system: str | None, *_told: object) -> None:
    """Refuse what uses entities that stand in a DTD of its own: expat says nothing of those in attributes."""
    if system is not None and ENTITY.search(CDATA.sub("", text)):
        _refuse()


def _refuse(*_told: object) -> NoReturn:
    raise UnreadableError(ENTITIES)
