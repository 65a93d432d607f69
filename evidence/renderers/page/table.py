"""Every resource as plain data that the page's script filters; what many share is written once and numbered."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from evidence.renderers.page.visible import visible
from evidence.renderers.page.words import VERDICTS

if TYPE_CHECKING:
    from evidence.record.model import Judged, Record


class _Words:
    """Texts, each once, by their numbers."""

    def __init__(self) -> None:
        self.all: list[str] = []
        self._places: dict[str, int] = {}

    def number(self, text: object) -> int:
        """Return the number of a text; nothing is -1."""
        if text is None or text == "":
            return -1
        spelled = str(text)
        if spelled not in self._places:
            self._places[spelled] = len(self.all)
            self.all.append(visible(spelled, 600))
        return self._places[spelled]


def table(record: Record) -> Markup:
    """Return the resources as JSON that is safe inside a `script` element: it holds none of its characters."""
    words = _Words()
    verdicts = list(VERDICTS)
    rows = [_row(resource, words, verdicts) for resource in record.resources]
    findings = [
        [one.resource, words.number(one.rule), verdicts.index(one.verdict), words.number(one.problem)]
        for one in record.findings
        if one.resource is not None
    ]
    plain = {
        "verdicts": [label for label, _ in VERDICTS.values()],
        "rules": [[words.number(rule.id), words.number(rule.title)] for rule in record.rules],
        "profiles": record.profiles,
        "findings": findings,
        "rows": rows,
        "words": words.all,
    }
    text = json.dumps(plain, ensure_ascii=True, separators=(",", ":"))
    return Markup(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))  # noqa: S704 (escaped)


def _row(resource: Judged, words: _Words, verdicts: list[str]) -> list[Any]:
    """Return one row; its first two texts are the name and what stands before it in the URN."""
    before = resource.urn.removesuffix(resource.name) if resource.name else resource.urn
    number = words.number
    return [
        number(resource.name),
        number(before),
        number(resource.type),
        number(resource.site),
        number(resource.segment),
        number(resource.place.words if resource.place else None),
        number(", ".join(resource.classes)),
        number(resource.step),
        number(resource.declared),
        verdicts.index(resource.verdict),
        resource.asked,
        [[number(one.rule), number(one.reason)] for one in resource.unchecked],
    ]
