"""Objects as they stand before anybody adopts them, by the table adopt_cases.yaml."""

from __future__ import annotations

import json
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import jmespath  # type: ignore[import-untyped]
import yaml

from sandbox.certificates import Subject, issue, kept_authority
from sandbox.layout import Layout
from sandbox.services.pki import SUFFIX
from tests.engine.between import between
from tests.engine.inventory import client

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.engine.between import Between
    from tests.engine.clone import Clone
    from tests.engine.place import Place

TABLE: Mapping[str, Any] = yaml.safe_load(Path(__file__).with_name("adopt_cases.yaml").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Case:
    """One object, how it is made, and what must be said of it."""

    title: str
    kind: str
    name: str
    answer: Literal["adoptable", "refused", "undetermined"]
    says: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    with_: Mapping[str, Any] = field(default_factory=dict)
    then: tuple[Mapping[str, Any], ...] = ()


def known(clone: Clone, stack: str) -> Mapping[str, str]:
    """Return what steps may name of a stack: the key of its store, and that key's policy."""
    keys = [each for each in clone.resources(stack) if each["type"] == "aws:kms/key:Key"]
    (store,) = [each["outputs"] for each in keys if each["urn"].endswith("::dublin-1-store")]
    return {"store_key": store["arn"], "store_policy": store["policy"]}


def cases() -> list[Case]:
    """Return the cases of the table."""
    return [
        Case(
            **{key: row[key] for key in ("title", "kind", "name", "answer")},
            says=tuple(row.get("says", ())),
            without=tuple(row.get("without", ())),
            with_=row.get("with", {}),
            then=tuple(row.get("then", ())),
        )
        for row in TABLE["cases"]
    ]


def prepare(place: Place, case: Case, known: Mapping[str, str]) -> str:
    """Make an object and return its id; ``known`` are values that its steps may name."""
    steps = TABLE["made"][case.kind]
    assert {*case.without, *case.with_} <= {*steps}, case.title
    values = {**known, "name": case.name}
    asked = [
        {**step, "parameters": case.with_.get(name, step["parameters"])}
        for name, step in steps.items()
        if name not in case.without
    ]
    for step in [*asked, *case.then]:
        service, operation = step["ask"].split()
        parameters = filled(step["parameters"], values)
        if service == "kubectl":
            _apply(place, parameters)
            continue
        constraint = parameters.get("CreateBucketConfiguration", {}).get("LocationConstraint")
        answer = getattr(client(place, service, constraint or "eu-west-1"), operation)(**parameters)
        values |= {name: jmespath.search(path, answer) for name, path in step.get("kept", {}).items()}
    return str(values.get("id", case.name))


def _apply(place: Place, manifest: Mapping[str, Any]) -> None:
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(manifest, file)
        file.flush()
        place.kubectl("apply", "-f", file.name)


def filled(template: Any, values: Mapping[str, str]) -> Any:
    """Return a template with {names} replaced; braces of JSON stay."""
    if isinstance(template, dict):
        return {key: filled(value, values) for key, value in template.items()}
    if isinstance(template, list):
        return [filled(value, values) for value in template]
    if isinstance(template, str):
        for name, value in values.items():
            template = template.replace(f"{{{name}}}", value)
    return template


@contextmanager
def only_reading(clone: Clone, stack: str) -> Iterator[Between]:
    """Let a stack's providers use a user that may only read, and an address where each request is noted."""
    layout = Layout.of(clone.place.folder)
    _reader(clone, layout)
    state = layout.root / "state" / ".pulumi" / "stacks" / "enclave" / f"{stack}.json"
    kept = {file: file.read_text(encoding="utf-8") for file in (state, layout.law)}
    endpoint = clone.place.register.aws_endpoint
    with between(endpoint) as standing:
        law = yaml.safe_load(kept[layout.law])
        law["aws_endpoints"].append({**law["aws_endpoints"][0], "url": standing.url})
        layout.law.write_text(yaml.safe_dump(law), encoding="utf-8")
        state.write_text(kept[state].replace(endpoint, standing.url).replace("/admin.", "/reader."), encoding="utf-8")
        try:
            yield standing
        finally:
            for file, text in kept.items():
                file.write_text(text, encoding="utf-8")


def _reader(clone: Clone, layout: Layout) -> None:
    """Make a user of the cluster who may list and get what `enclave adopt` asks for, and nothing else."""
    subject = Subject("reader", "readers", server=False)
    authority = kept_authority(layout.pki / f"ca{SUFFIX}", "ca")
    issue(layout.pki, "reader", authority, subject=subject, suffix=SUFFIX)
    kind, group = {"apiVersion": "rbac.authorization.k8s.io/v1"}, "rbac.authorization.k8s.io"
    rules = [
        {"apiGroups": groups, "resources": resources, "verbs": ["get", "list"]}
        for groups, resources in (
            ([""], ["namespaces", "resourcequotas", "limitranges"]),
            (["networking.k8s.io"], ["networkpolicies"]),
            ([group], ["roles", "rolebindings"]),
        )
    ]
    named = {"metadata": {"name": "readers"}}
    bound = {
        "roleRef": {"apiGroup": group, "kind": "ClusterRole", "name": "readers"},
        "subjects": [{"apiGroup": group, "kind": "Group", "name": "readers"}],
    }
    _apply(clone.place, {**kind, "kind": "ClusterRole", **named, "rules": rules})
    _apply(clone.place, {**kind, "kind": "ClusterRoleBinding", **named, **bound})
