"""Where a stack's state and its secrets' key are kept: abroad they would take the enclave's secrets along.

No policy pack sees either, as neither is a resource.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from enclave_policies.identifiers.arns import arns_in
from enclave_policies.places.regions import refused_region
from enclave_policies.texts.addresses import refused_address

import located_yaml
from located_yaml import Position, Problem, ProblemsError
from located_yaml.files import read_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from enclave_policies.law import Law

    from located_yaml import Document

on_this_machine = frozenset({"file"})
by_passphrase = frozenset({"", "passphrase"})
of_aws = frozenset({"s3", "awskms"})


def refused_homes(project: Path, stack: str, environment: Mapping[str, str], law: Law) -> list[Problem]:
    """Return why the state or its secrets may not be kept where they are set up to be; empty when they may."""
    return [*_backend(project, environment, law), *_secrets(project, stack, law)]


def _backend(project: Path, environment: Mapping[str, str], law: Law) -> Iterator[Problem]:
    url, position = backend_url(project, environment)
    problem = f"the state backend {found}" if url and (found := refused_home(url, law)) else None
    if not url:
        problem = "nobody has said where the state is kept"
    if problem:
        remedy = "keep it in a file, or in a bucket of an approved region (s3://NAME?region=REGION)"
        yield Problem(position, f"{problem}; {remedy}")


def backend_url(project: Path, environment: Mapping[str, str]) -> tuple[str | None, Position]:
    """Return the backend as the engine chooses it: the environment, else the project, else the last login."""
    if url := environment.get("PULUMI_BACKEND_URL"):
        return url, Position.without_line("$PULUMI_BACKEND_URL")
    document = located_yaml.load(project / "Pulumi.yaml")
    backend = _table(document).get("backend")
    if backend is not None and not isinstance(backend, dict):
        raise ProblemsError([document.problem(("backend",), "is no table; write 'backend: {url: …}'")])
    if backend and backend.get("url"):
        return str(backend["url"]), document.position(("backend", "url"))
    credentials = Path(environment.get("PULUMI_HOME") or Path.home() / ".pulumi") / "credentials.json"
    try:
        current = json.loads(read_text(credentials, str(credentials))).get("current")
    except (ProblemsError, ValueError, AttributeError, RecursionError):
        current = None
    return current if isinstance(current, str) else None, Position(str(credentials), 1, 1)


def _secrets(project: Path, stack: str, law: Law) -> Iterator[Problem]:
    provider, position = secrets_provider(project, stack)
    problem = None if provider in by_passphrase else refused_home(provider, law)
    if problem:
        remedy = "use a passphrase, or a key of an approved region (awskms://ALIAS?region=REGION)"
        yield Problem(position, f"the secrets provider {problem}; {remedy}")


def secrets_provider(project: Path, stack: str) -> tuple[str, Position]:
    """Return what seals a stack's secrets, as its settings say; empty where they leave it to the engine."""
    file = project / "stacks" / f"Pulumi.{stack}.yaml"
    if not file.is_file():
        return "", Position(f"stacks/{file.name}", 1, 1)
    document = located_yaml.load(file)
    return str(_table(document).get("secretsprovider") or ""), document.position(("secretsprovider",))


def _table(document: Document) -> Mapping[str, Any]:
    """Return the content of one of the engine's files; ProblemsError for anything but a table."""
    if document.data is not None and not isinstance(document.data, dict):
        raise ProblemsError([document.problem((), "is no table of settings, as the engine wants it; correct it")])
    return document.data or {}


def refused_home(url: str, law: Law) -> str | None:
    """Return why state or secrets may not be kept at ``url``, as the end of a sentence; None when they may."""
    try:
        parts = urlsplit(url)
    except ValueError as error:
        return f"is no address that can be read ({error})"
    if parts.scheme in on_this_machine:
        return None
    if parts.scheme in ("http", "https"):
        refusal = refused_address(url, law)
        return None if refusal is None else f"is {refusal.words}"
    if parts.scheme not in of_aws:
        return f"is of a kind that nobody has approved ({parts.scheme or 'no address'})"
    options = parse_qs(parts.query)
    for endpoint in options.get("endpoint", ()):
        refusal = refused_address(endpoint, law)
        if refusal:
            return f"is reached at {refusal.words}"
    regions = options.get("region") or [arn.region for arn in arns_in(url)]
    if not regions:
        return "does not say its region, so the environment would"
    refusal = next((found for region in regions if (found := refused_region(region, law))), None)
    return None if refusal is None else f"is in {refusal.words}"
