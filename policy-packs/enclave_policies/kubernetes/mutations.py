"""What policies that change objects can change: labels and hardening, or places, images and ways out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from enclave_policies.identifiers.shown import HIDDEN, revealed
from enclave_policies.kubernetes.objects import entries, mapping
from enclave_policies.resources.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.kubernetes.objects import KubernetesObject

HARMLESS: Final = frozenset(
    re.findall(
        r"\w+",
        """
        object metadata labels op path value jsonpatch has spec template true false null add replace test in and
        or request size exists all matches startswith endswith contains namespaceobject operation namespace
        optional none of orvalue self containers initcontainers map filter c e i k v resources limits requests
        cpu memory securitycontext runasnonroot runasuser runasgroup readonlyrootfilesystem
        allowprivilegeescalation capabilities drop seccompprofile type privileged fsgroup
        automountserviceaccounttoken terminationgraceperiodseconds priorityclassname replicas name
        imagepullpolicy revisionhistorylimit enableservicelinks restartpolicy escapekey ttlsecondsafterfinished
        activedeadlineseconds backofflimit minreadyseconds jobtemplate objectmeta podspec podtemplate lowerascii
        trim split string int bool double
        """,
    )
)
"""Words of an expression that can change no place, image or way out, in lower case."""
WORD: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
TEXT: Final = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'")
LABELS_PATH: Final = re.compile(r"/(?:spec/(?:jobTemplate/spec/)?template/)?metadata/labels(?:/.*)?")
PATH_PARTS: Final = re.compile(r"[/~.-]")
USES_VARIABLE: Final = re.compile(r"\bvariables\.\w+")
PATH_IS_NO_LITERAL: Final = re.compile(r"\b(?:path|from)\s*:\s*(?![\"'\s])")
NOT_KNOWN: Final = "what it changes is not known yet"
KYVERNO: Final = ("kyverno.io", "policies.kyverno.io")
GATEKEEPER: Final = "mutations.gatekeeper.sh"
LABELS_LOCATION: Final = re.compile(r"metadata\.labels\..+")
CREATES: Final = frozenset({"generate", "generation"})

Doubt = tuple[str, str]


def doubts_of_policy(found: KubernetesObject) -> Iterator[Doubt]:
    """Yield path and words for whatever in a mutating policy may do more than label and harden; none for other kinds.

    Read are Kubernetes' own policies (CEL), and those of Kyverno and Gatekeeper.
    """
    spec = found.spec
    if found.custom:
        if found.group in KYVERNO:
            yield from _kyverno(spec)
        elif found.group == GATEKEEPER:
            yield from _gatekeeper(found.kind, spec)
    elif found.kind == "MutatingAdmissionPolicyBinding":
        if spec is UNKNOWN or spec.get("paramRef") is not None:
            yield "spec.paramRef", "another object says how"
    elif found.kind == "MutatingAdmissionPolicy":
        if spec is UNKNOWN or (not spec.get("mutations") and not found.patch):
            yield "spec", NOT_KNOWN
        else:
            yield from _cel(spec)


def _cel(spec: dict[str, Any]) -> Iterator[Doubt]:
    texts: list[tuple[str, Any]] = []
    for mutation in entries(spec.get("mutations")):
        given = mapping(mutation)
        if given is UNKNOWN:
            texts.append(("spec.mutations", UNKNOWN))
            continue
        for kind in ("applyConfiguration", "jsonPatch"):
            part = mapping(given.get(kind))
            if part:
                texts.append((f"spec.mutations.{kind}.expression", part if part is UNKNOWN else part.get("expression")))
    for variable in entries(spec.get("variables")):
        text = variable.get("expression") if isinstance(variable, dict) else UNKNOWN
        texts.append(("spec.variables.expression", text))
    for path, text in texts:
        doubt = doubt_of_expression(text)
        if doubt:
            yield path, doubt


def doubt_of_expression(text: Any) -> str | None:
    """Return what in an expression (CEL) may do more than label and harden; None where nothing does."""
    if not isinstance(text, str):
        return NOT_KNOWN
    for literal in TEXT.finditer(text):
        path = literal[0][1:-1]
        if not path.startswith("/") or LABELS_PATH.fullmatch(path):
            continue
        if text[literal.end() :].lstrip().startswith("+"):
            return "it puts a path together"
        doubt = _word(PATH_PARTS.split(path))
        if doubt:
            return doubt
    if PATH_IS_NO_LITERAL.search(text):
        return "it puts a path together"
    return _word(WORD.findall(USES_VARIABLE.sub(" ", TEXT.sub(" ", text))))


def _word(words: list[str]) -> str | None:
    strange = [word for word in words if word and not word.isdigit() and word.lower() not in HARMLESS]
    return f"it names {revealed(strange[0]) or HIDDEN}" if strange else None


def _kyverno(spec: Any) -> Iterator[Doubt]:
    if spec is UNKNOWN:
        yield "spec", NOT_KNOWN
        return
    for each in entries(spec.get("rules")):
        given = mapping(each)
        if given is UNKNOWN:
            yield "spec.rules", NOT_KNOWN
        elif not CREATES.isdisjoint(given):
            yield "spec.rules.generate", "it makes objects that no judge sees beforehand"
        elif given.get("mutate") is not None:
            doubt = _word(list(_changed(given["mutate"])))
            if doubt:
                yield "spec.rules.mutate", doubt
    if not {"generate", "generation", "mutations"}.isdisjoint(spec):  # Kyverno's newer kinds
        yield from _cel(spec) if "mutations" in spec else [("spec", "it makes objects that no judge sees beforehand")]


HOW: Final = frozenset(
    {
        "patchStrategicMerge",
        "patchesJson6902",
        "foreach",
        "list",
        "context",
        "preconditions",
        "targets",
        "mutateExistingOnPolicyUpdate",
    }
)


def _changed(value: Any, name: str = "") -> Iterator[str]:
    """Yield the names of the inputs that a patch sets; of labels, none."""
    if isinstance(value, dict):
        for key, item in value.items():
            if key in ("context", "preconditions", "labels"):
                continue
            if key not in HOW:
                yield from WORD.findall(str(key))
            yield from _changed(item, str(key))
    elif isinstance(value, list):
        for item in value:
            yield from _changed(item, name)
    elif name == "patchesJson6902" and isinstance(value, str):
        for path in re.findall(r"path[\"']?\s*:\s*[\"']?(/\S*?)[\"']?(?=[\s,}]|$)", value):
            yield from [] if LABELS_PATH.fullmatch(path) else PATH_PARTS.split(path)


def _gatekeeper(kind: str, spec: Any) -> Iterator[Doubt]:
    location = spec.get("location") if spec is not UNKNOWN else UNKNOWN
    if not isinstance(location, str) or kind == "AssignImage":
        yield "spec.location", "it sets images" if kind == "AssignImage" else NOT_KNOWN
    elif not LABELS_LOCATION.fullmatch(location):
        doubt = _word(WORD.findall(re.sub(r"\[[^\]]*\]", " ", location)))
        if doubt:
            yield "spec.location", doubt
