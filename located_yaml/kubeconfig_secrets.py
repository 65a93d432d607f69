"""Whether a kubeconfig holds a credential: only one that surely holds none may stand anywhere in the clear."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

OF_FILE: Final = frozenset({"apiVersion", "kind", "clusters", "users", "contexts", "current-context", "preferences"})
OF_CLUSTER: Final = frozenset(
    {"server", "certificate-authority", "certificate-authority-data", "tls-server-name", "disable-compression"}
    | {"insecure-skip-tls-verify"}
)
OF_CONTEXT: Final = frozenset({"cluster", "user", "namespace"})
OF_USER: Final = frozenset(
    {"client-certificate", "client-certificate-data", "client-key", "tokenFile", "exec"}
    | {"as", "as-uid", "as-groups", "as-user-extra"}
)
"""Settings that name a file, a person or a program. All others may be a credential, or may hold one."""
OF_EXEC: Final = frozenset(
    {"apiVersion", "command", "args", "env", "installHint", "interactiveMode", "provideClusterInfo"}
)
TELLING: Final = re.compile(r"secret|passw|token|credential|key|auth", re.IGNORECASE)
"""In the name of a flag or variable: its value may be a credential."""


def may_hold_credentials(config: Mapping[str, Any]) -> bool:
    """Return whether a kubeconfig holds a credential, or anything that may be one.

    Source: k8s.io/client-go tools/clientcmd/api/v1 Config, AuthInfo and ExecConfig (v0.35).
    """
    if not OF_FILE.issuperset(config) or config.get("preferences"):
        return True
    clusters = _is_plain(config.get("clusters"), "cluster", OF_CLUSTER)
    contexts = _is_plain(config.get("contexts"), "context", OF_CONTEXT)
    users = _is_plain(config.get("users"), "user", OF_USER)
    return not (clusters and contexts and users)


def _is_plain(table: Any, kind: str, settings: frozenset[str]) -> bool:
    """Return whether every entry of a table is well formed and has none but these settings, all harmless."""
    if table is None:
        return True
    if not isinstance(table, list):
        return False
    for entry in table:
        if not isinstance(entry, dict) or not {"name", kind}.issuperset(entry):
            return False
        content = entry.get(kind)
        if not isinstance(content, dict) or not settings.issuperset(content):
            return False
        if "@" in urlsplit(str(content.get("server", ""))).netloc or not _is_plain_program(content.get("exec")):
            return False
    return True


def _is_plain_program(program: Any) -> bool:
    """Return whether a program that fetches a token is told none, and no password."""
    if program is None:
        return True
    if not isinstance(program, dict) or not OF_EXEC.issuperset(program):
        return False
    words, variables = program.get("args") or [], program.get("env") or []
    if not isinstance(words, list) or not isinstance(variables, list):
        return False
    names = [each.get("name") if isinstance(each, dict) else None for each in variables]
    return all(map(_is_plain_word, words)) and all(isinstance(n, str) and not TELLING.search(n) for n in names)


def _is_plain_word(word: Any) -> bool:
    """Return whether an argument is a command, a setting that is no credential, or a value such as a name."""
    if not isinstance(word, str) or re.search(r"[\s@?]", word) or re.match("-[^-]", word):
        return False  # a script, a user in an address, a short flag that may mean anything
    name, equals, _ = word.partition("=")
    return not ((word.startswith("--") or equals) and TELLING.search(name))
