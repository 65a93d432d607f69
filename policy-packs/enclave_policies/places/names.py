"""What a DNS name is by its form: a public one, a service of a cluster, or a name that only private resolvers know.

Which names are public says the Public Suffix List (PyPI `publicsuffixlist`), no list of ours.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final
from urllib.parse import unquote

from enclave_policies.identifiers.suffixes import PRIVATE, public_suffix_list

NAME: Final = re.compile(r"(?=.{1,253}$)[a-z0-9_*]([a-z0-9_-]*[a-z0-9])?(\.[a-z0-9_*]([a-z0-9_-]*[a-z0-9])?)*")
IN_CLUSTER: Final = (".svc", ".cluster.local")
RESERVED: Final = frozenset(
    {"example", "test", "invalid", "onion", "amazon", "corp", "home", "mail", "lan", "intranet"}
)
"""Last labels that are no public suffix and no cluster's either: kept for examples and tests (RFC 2606, 6761), for
Tor (RFC 7686), or used by private networks of somebody (RFC 6762, appendix G; ICANN's name collision reports)."""
LIKE_NAMESPACES: Final = frozenset(
    {"app", "cloud", "dev", "store", "data", "live", "services", "support", "tools", "network", "networks", "media"}
    | {"zone", "run", "host", "news", "one", "team", "security", "build", "bar", "cafe", "red", "blue", "green"}
    | {"link", "works", "cache", "directory"}
)
"""Public suffixes that people also name namespaces after: a cluster looks for the service ``redis.store`` before it
asks a public resolver (``ndots:5``, Kubernetes documentation, DNS for Services and Pods)."""
LONGEST_IN_CLUSTER: Final = 3  # pod, service, namespace
DOTS: Final = re.compile("[\u3002\uff0e\uff61]")
INVISIBLE: Final = re.compile("[\u00ad\u200b-\u200f\u2060-\u2064\ufeff]")


@lru_cache(maxsize=1 << 14)
def spelled(text: str) -> str:
    """Return a host in its one spelling: lower case, no brackets, no final dot, no escapes, no look-alike dots.

    Source: UTS 46 and the URL standard, section 3.3 (host parsing).
    """
    if "%" in text and not text.startswith("["):
        text = unquote(text)
    if not text.isascii():
        text = unicodedata.normalize("NFKC", INVISIBLE.sub("", DOTS.sub(".", text)))
    host = text.strip().removeprefix("[").removesuffix("]").rstrip(".").lower()
    return host if host.isascii() else _ascii(host)


def _ascii(host: str) -> str:
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        return host


def is_public(name: str) -> bool:
    """Return whether public resolvers may answer for a lower-case name, or a reserved ending keeps it from clusters."""
    last = name.rpartition(".")[2]
    return last in public_endings() or last.startswith("xn--")


@lru_cache(maxsize=1 << 14)
def is_in_cluster(name: str, *, public: bool = False) -> bool:
    """Return whether the cluster itself resolves a lower-case name: ``redis``, ``redis.store``, ``redis.store.svc``.

    ``public``: the name has a public certificate, as https asks, so no service is meant.
    """
    labels = name.split(".")
    if len(labels) == 1 or name.endswith(IN_CLUSTER):
        return True
    if labels[-1] in LIKE_NAMESPACES:
        return len(labels) == 2 and not public  # noqa: PLR2004 (service and namespace)
    return len(labels) <= LONGEST_IN_CLUSTER and not is_public(name)


@lru_cache(maxsize=1)
def public_endings() -> frozenset[str]:
    """Return every last label that `is_public` says yes to, but those in other scripts (``xn--…``)."""
    icann = public_suffix_list().split(PRIVATE)[0]
    rules = [line.split()[0] for line in icann.splitlines() if line.strip() and not line.startswith("//")]
    return RESERVED | {ending for rule in rules if (ending := rule.rpartition(".")[2]).isascii()}
