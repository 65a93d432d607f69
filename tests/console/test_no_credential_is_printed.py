"""No credential is printed, wherever in a text it stands and wherever the text stands."""

from __future__ import annotations

import itertools
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from enclave_policies.identifiers import shown
from enclave_policies.judging import adapter
from enclave_policies.judging.packs import EVERY
from enclave_policies.reading import rule
from enclave_policies.resources.export import export_of

import located_yaml
from console.audit.document import outcome_document
from console.audit.explain_resource import resource_lines
from console.audit.judges import judges
from console.audit.outcome import conclude
from console.audit.text import text_lines
from tests.console.auditing import case
from tests.corpus_cases import as_export

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import pytest
    from enclave_policies.reading.finding import Finding
    from enclave_policies.resources.resource import Resource

TEXTS: Final[Sequence[str]] = located_yaml.load(Path(__file__).with_name("credential_texts.yaml")).data
MARKS: Final = re.compile("(SECRET|TOKEN)")
DULL: Final = "dull"
FORMS: Final = ("q{0}Wv7Zk3Xp", "q{0}Wv7/Zk3+Xp9{0}w", "q{0}wv7zk3xp9{0}m5n8rt")
"""A password, an AWS secret key with its slash and plus, and a token in small letters; ``{0}`` makes each unique."""


@dataclass(frozen=True)
class Text:
    """A text with one credential in it."""

    text: str
    secret: str

    @property
    def pieces(self) -> list[str]:
        """What may appear nowhere, in small letters: hosts are shown so."""
        return [piece.lower() for piece in re.split(r"[^A-Za-z0-9]+", self.secret)]


def texts() -> Iterator[Text]:
    """Yield every text with one credential at each of its marks in turn, in each form."""
    number = itertools.count(1000)
    for text in TEXTS:
        parts = MARKS.split(text)
        for here, form in itertools.product(range(1, len(parts), 2), FORMS):
            if "/" in form and parts[here] == "TOKEN":
                continue
            secret = form.format(next(number))
            filled = [DULL if place % 2 and place != here else part for place, part in enumerate(parts)]
            filled[here] = secret
            yield Text("".join(filled), secret)


def in_each_place(number: int, text: str) -> Iterator[dict[str, Any]]:
    """Yield a resource for each place where a text can stand."""
    yield _resource(
        f"function-{number}", "aws:lambda/function:Function", "dublin-1", {"environment": {"variables": {"URL": text}}}
    )
    containers = [{"name": "app", "environment": [{"name": "URL", "value": text}], "command": ["app", text]}]
    yield _resource(
        f"task-{number}",
        "aws:ecs/taskDefinition:TaskDefinition",
        "dublin-1",
        {"containerDefinitions": json.dumps(containers)},
    )
    pod = {"containers": [{"name": "app", "env": [{"name": "URL", "value": text}], "args": [text]}]}
    yield _resource(f"pod-{number}", "kubernetes:core/v1:Pod", "hamar", _object("v1", "Pod", spec=pod))
    data = {"app.yaml": json.dumps({"url": text}), "text": text}
    yield _resource(f"config-{number}", "kubernetes:core/v1:ConfigMap", "hamar", _object("v1", "ConfigMap", data=data))
    spec = {"endpoint": text, "auth": {text: text}, "url": text}
    custom = _object("acme.example/v1", "Sink", spec=spec)
    yield _resource(f"sink-{number}", "kubernetes:acme.example/v1:Sink", "hamar", custom)


def _object(version: str, kind: str, **content: Any) -> dict[str, Any]:
    return {"apiVersion": version, "kind": kind, "metadata": {"name": "x", "namespace": "enclave-app"}, **content}


def _resource(name: str, type_: str, provider: str, inputs: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "type": type_, "provider": provider, "inputs": inputs}


def printed(examples: Iterable[Text]) -> tuple[str, int]:
    """Return everything that is printed of stacks with these texts, in small letters, and of how many resources."""
    resources = [made for number, each in enumerate(examples) for made in in_each_place(number, each.text)]
    state = export_of(json.dumps(as_export(case(*resources))).encode(), "state.json")
    asked = judges(None, None)
    findings = asked.findings(state.resources)
    outcome = conclude(state, findings, asked, strict=False)
    said = [*text_lines("state.json", outcome), outcome_document(outcome)]
    for resource in state.resources:
        found = findings[resource.urn]
        said += [*_explained(resource, found), *_by_the_pack(found)]
    return "\n".join(said).lower(), sum(bool(found) for found in findings.values())


def _explained(resource: Resource, findings: tuple[Finding, ...]) -> Iterator[str]:
    """Yield what `enclave explain` prints below the URN, which only says what the program called the resource."""
    yield from resource_lines(resource, findings, judges(None, None))


def _by_the_pack(findings: tuple[Finding, ...]) -> Iterator[str]:
    """Yield what the packs tell the engine."""
    rules = {each.id: each for each in EVERY.rules}
    for finding in findings:
        yield adapter.diagnostic(finding, rules[finding.rule], "pack", "1").message


def leaks(examples: Sequence[Text]) -> list[str]:
    """Return the texts whose credential is printed."""
    said, _ = printed(examples)
    return [each.text for each in examples if any(piece in said for piece in each.pieces)]


EXAMPLES: Final = list(texts())


def test_no_credential_of_any_text_is_printed_in_any_place() -> None:
    assert len(TEXTS) >= 100
    assert leaks(EXAMPLES) == []


def test_something_is_said_of_most_of_the_texts() -> None:
    _, refused = printed(EXAMPLES)
    assert refused > len(EXAMPLES) * 2


def test_a_message_that_shows_values_as_they_are_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The seeded bug of this family."""
    monkeypatch.setattr(shown, "revealed", lambda value: value)
    monkeypatch.setattr(rule, "without_credentials", lambda sentence: sentence)
    assert leaks([Text("https://app:q9Wv7Zk3Xp@es.evil.net\\x", "q9Wv7Zk3Xp"), *EXAMPLES[::50]])
