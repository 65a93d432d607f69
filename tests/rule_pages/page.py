"""The Markdown of a rule's page, of the table of all rules, and the YAML of a pack's list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import yaml
from enclave_policies.judging.packs import PACKS
from enclave_policies.reading.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from enclave_policies.reading.rule import Question

    from tests.rule_pages.examples import Example, Examples

COMMAND: Final = "python -m tests.rule_pages"
MADE: Final = f"<!-- Made by `{COMMAND}`; change the rule or its samples instead. -->"
WHAT: Final = {
    "jurisdiction": "Where data and services are, and what leads out.",
    "key-custody": "Who holds the keys, and what is encrypted by which.",
    "segmentation": "What reaches what.",
}
INTRODUCTION: Final = """\
A rule asks one question of a resource before it is created, or (\\*) of the whole stack when all of it is planned.
Every rule is mandatory; `severity` only sorts reports. An id never gets another meaning.

`enclave explain URN` says what each rule says of a resource, and why. An exception names rules by their ids
(`law/exceptions.yaml`).
"""


def file_name(rule: Question) -> str:
    """Return the name of a rule's page."""
    return f"{rule.id}-{rule.name}.md"


def page(rule: Question, pack: str, given: Examples) -> str:
    """Return a rule's page."""
    return "\n".join((*_head(rule, pack), *_example("Allowed", given.allowed), *_example("Refused", given.refused)))


def table(rules: Iterable[tuple[str, Question]]) -> str:
    """Return the page of all rules, pack by pack."""
    by_pack: dict[str, list[Question]] = {name: [] for name in PACKS}
    for pack, rule in rules:
        by_pack[pack].append(rule)
    lines = ["# Rules", "", MADE, "", INTRODUCTION]
    for pack, own in by_pack.items():
        lines += [
            f"## Pack `{pack}`",
            "",
            WHAT.get(pack, ""),
            "",
            "| Id | Rule | Promise | Severity |",
            "|---|---|---|---|",
        ]
        lines += [f"| {r.id} | [`{r.name}`]({file_name(r)}){_whole(r)} | {r.title} | {r.severity} |" for r in own]
        lines.append("")
    return "\n".join(lines)


def listed(rules: Iterable[Question]) -> str:
    """Return the rules.yaml of a pack."""
    rules = tuple(rules)
    lines = [
        f"# Made by `{COMMAND}`. What this pack promises to run: a gate compares it with what the engine says has run,",
        "# and the pack refuses to start when its rules and this list differ.",
        "rules:",
        *(f"  {rule.id}: {rule.name}" for rule in rules if isinstance(rule, Rule)),
        *(["stack_rules:"] if any(not isinstance(rule, Rule) for rule in rules) else []),
        *(f"  {rule.id}: {rule.name}" for rule in rules if not isinstance(rule, Rule)),
    ]
    return "".join(f"{line}\n" for line in lines)


def _whole(rule: Question) -> str:
    return "" if isinstance(rule, Rule) else " \\*"


def _head(rule: Question, pack: str) -> Iterator[str]:
    yield f"# {rule.id} {rule.name}"
    yield f"\n{MADE}\n"
    yield f"{rule.title}\n"
    about = f"resources of `{rule.package}`" if rule.package else "every resource"
    when = "before each is created" if isinstance(rule, Rule) else "when the whole stack is known"
    yield f"- Pack `{pack}`, severity {rule.severity}; asked of {about}, {when}."
    yield f"- What to do: {rule.remedy}.\n"


def _example(title: str, example: Example) -> Iterator[str]:
    yield f"## {title}\n"
    if example.words:
        yield f"A change to the shipped stack: {example.words}.\n"
    yield f"```yaml\n{_yaml(example.content)}```\n"
    if example.message:
        yield f"```text\n{example.message}\n```\n"


class _Dumper(yaml.SafeDumper):
    """Writes texts of several lines as such."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)


def _yaml(content: Any) -> str:
    text: str = yaml.dump(content, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)
    return text
