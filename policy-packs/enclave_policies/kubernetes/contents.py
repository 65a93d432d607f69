"""What programs in a cluster are told: variables, arguments, kept files, annotations, custom inputs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from enclave_policies.kubernetes.objects import mapping
from enclave_policies.resources.unknown import UNKNOWN
from enclave_policies.texts.patterns import PUBLISHED, is_identity
from enclave_policies.texts.reader import Text
from enclave_policies.texts.shapes import from_base64

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from enclave_policies.kubernetes.objects import KubernetesObject
    from enclave_policies.kubernetes.survey import Found, Survey

KEPT: Final = {"ConfigMap": ("data", "binaryData"), "Secret": ("stringData", "data")}
ENCODED: Final = frozenset({("ConfigMap", "binaryData"), ("Secret", "data")})
"""Maps whose values are base64."""
COMMANDS: Final = ("args", "command")
FILES_FOR_PEOPLE: Final = re.compile(r"(?i).*\.md|readme.*|license.*|notice.*|changelog.*")
ACTING: Final = re.compile(
    r"(?i).*(url|host|hostname|server|endpoint|target|uri|redirect|mirror|proxy|upstream|service|address|addr|issuer"
    r"|signin|login|region|location|config|snippet|account|account-id|role|backend|external|alias)e?s?"
)
"""Last words of annotations that a program acts on; all others are words for people."""
CONTROLLERS: Final = re.compile(
    r"(?:.*\.)?(?:ingress\.kubernetes\.io|nginx\.org|haproxy\.org|konghq\.com|traefik\.io|projectcontour\.io"
    r"|getambassador\.io|istio\.io|vault\.hashicorp\.com|services\.k8s\.aws|external-dns\.alpha\.kubernetes\.io)"
)
"""Makers of annotations that all act."""
FOR_PEOPLE: Final = re.compile(
    r"(?i)(?:.*\.)?(?:argocd\.argoproj\.io|a8r\.io|backstage\.io|kubectl\.kubernetes\.io|meta\.helm\.sh|pulumi\.com"
    r"|opencontainers\.org)/.*|(?:link|kubernetes)\..*description|kubernetes\.io/description"
)


def told(found: KubernetesObject, survey: Survey) -> Iterator[Text]:
    """Yield each text of one object that a program reads, with the settings that belong together with it."""
    here = (found.path,)
    for text in survey.texts:
        if found.custom and is_identity(tuple(text.path.split(".")[:-1]), text.name):
            continue
        last = text.path.rpartition(".")[2]
        path = f"{text.path} {text.name}" if last == "env" else text.path
        yield Text(text.name, text.value, path, (*here, *text.block), command=last in COMMANDS)
    for command in survey.commands:
        yield Text(command.name, command.value, command.path, (*here, *command.block))
    for name, key, value in kept(found):
        block = (*here, name) if value is UNKNOWN or "\n" not in value.strip() else (*here, f"{name} {key}")
        yield Text(key, value, f"{found.path}{name} {key}", block)
    for note in survey.annotations:
        if acts(note):
            yield Text(note.name.rpartition("/")[2], note.value, f"annotation {note.name}", (*here, "annotations"))


def kept(found: KubernetesObject) -> Iterator[tuple[str, str, Any]]:
    """Yield what a ConfigMap or a Secret keeps: map, key and text; UNKNOWN for one that is sealed."""
    if found.custom:
        return
    for name in KEPT.get(found.kind, ()):
        values = mapping(found.body.get(name))
        for key, value in values.items() if values is not UNKNOWN else ():
            text = decoded(value) if (found.kind, name) in ENCODED else value
            if (isinstance(text, str) or value is UNKNOWN) and not FILES_FOR_PEOPLE.fullmatch(str(key)):
                yield name, str(key), UNKNOWN if value is UNKNOWN else text


def blocks(found: KubernetesObject, survey: Survey) -> Iterator[tuple[tuple[str, ...], Mapping[str, Any]]]:
    """Yield each block of settings of an object, with the path to it; what a ConfigMap keeps may be variables."""
    yield from ((block.block, block.value) for block in survey.blocks)
    kept_here = mapping(found.body.get("data"))
    if found.kind == "ConfigMap" and not found.custom and kept_here is not UNKNOWN:
        yield ("data",), kept_here


def decoded(value: Any) -> str | None:
    """Return the text that is written in base64, on several lines or packed by gzip, None for what is none."""
    return from_base64("".join(value.split())) if isinstance(value, str) else None


def acts(note: Found) -> bool:
    """Return whether a program acts on an annotation; where it publishes an object or names an image, others judge."""
    last = note.name.rpartition("/")[2]
    if PUBLISHED.fullmatch(note.name) or last.lower().endswith("image"):
        return False  # JUR-021, JUR-018
    if "/" not in note.name or FOR_PEOPLE.fullmatch(note.name):
        return False
    return ACTING.fullmatch(last) is not None or CONTROLLERS.fullmatch(note.name.partition("/")[0]) is not None
