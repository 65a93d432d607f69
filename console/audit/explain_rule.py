"""`enclave explain RULE`: what a rule asks, of what and when, what to do where it refuses, and an example."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from enclave_policies.judging.packs import PACKS
from enclave_policies.reading.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.reading.rule import Question

PAGES: Final = Path(__file__).resolve().parents[2] / "docs" / "rules"
SECTION: Final = re.compile(r"^## (Allowed|Refused)\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
FENCE: Final = re.compile(r"```\w*\n(.*?)```", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Explained:
    """A rule and its pack; ``allowed``, ``refused``: a sample, and what is said of the refused one (``words``).

    They are empty where this installation has no pages of rules.
    """

    pack: str
    rule: Question
    allowed: str = ""
    refused: str = ""
    words: str = ""

    @property
    def when(self) -> str:
        """When it is asked."""
        return "before each is created" if isinstance(self.rule, Rule) else "when the whole stack is known"

    @property
    def page(self) -> Path:
        """The page about it."""
        return PAGES / f"{self.rule.id}-{self.rule.name}.md"


def rule_of(what: str) -> Explained | None:
    """Return the rule with an id or a name, None where there is none."""
    for pack, known in PACKS.items():
        for rule in known.rules:
            if what in (rule.id, rule.name):
                return _with_samples(Explained(pack, rule))
    return None


def rule_lines(found: Explained) -> Iterator[str]:
    """Yield what a rule is about."""
    rule = found.rule
    yield f"{rule.id} {rule.name}: {rule.title}"
    yield f"pack {found.pack}, severity {rule.severity}; {_of(rule)}, {found.when}"
    yield f"to do where it refuses: {rule.remedy}"
    for title, sample in (("allowed", found.allowed), ("refused", found.refused)):
        if sample:
            yield f"{title}, for example:"
            yield from (f"  {line}" for line in sample.rstrip().split("\n"))
    if found.words:
        yield f"and it says: {found.words.strip()}"


def _of(rule: Question) -> str:
    if rule.types is not None:
        return f"asked of {', '.join(sorted(rule.types))}"
    return f"asked of resources of {rule.package}" if rule.package else "asked of every resource"


def _with_samples(found: Explained) -> Explained:
    try:
        text = found.page.read_text(encoding="utf-8")
    except OSError:
        return found
    sections = {title: FENCE.findall(body) for title, body in SECTION.findall(text)}
    allowed, refused = sections.get("Allowed") or [""], sections.get("Refused") or [""]
    return Explained(found.pack, found.rule, allowed[0], refused[0], refused[1] if len(refused) > 1 else "")
