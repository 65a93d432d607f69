"""The configuration of a cluster's name server (CoreDNS), as a tree of what it makes names lead to.

``rewrite name db.store.svc db.example.net`` becomes {rewrite: {target: db.example.net}}. What is only asked for (zones,
the names that are rewritten, patterns) reaches nobody and is left out.
Source: coredns.io/manual, coredns.io/plugins and each plugin's page; the form is Caddy's.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from enclave_policies.identifiers.addresses import network_of
from enclave_policies.texts.trees import put

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PLUGINS: Final = frozenset(
    re.findall(
        r"\S+",
        """
        acl alternate any auto autopath azure bind bufsize cache cancel chaos clouddns debug dns64 dnssec dnstap erratic
        errors etcd fanout file forward geoip grpc grpc_server header health hosts https https3 import k8s_external
        k8s_gateway kubernetai kubernetes loadbalance local log loop metadata meta minimal multisocket nomad nsid pprof
        prometheus proxy quic ready redis records reload rewrite root route53 secondary sign template timeouts tls trace
        transfer tsig unbound view whoami
        """,
    )
)
TOKEN: Final = re.compile(r'"(?:\\.|[^"\\])*"|\S+')
ZONE: Final = re.compile(r"(?:\w+://)?(?:[\w*.-]*\.[\w*.-]*|[\w-]+)(?::\d+)?|[\da-fA-F:.]+/\d+|\([\w-]+\)")
COMMENT: Final = re.compile(r"(?:^|\s)#.*$")
ACTING: Final = frozenset({"continue", "stop"})
RECORDS: Final = re.compile(
    r"(?i)\bIN\s+(?:A|AAAA|CNAME|DNAME|NS|PTR|MX\s+\S+|SRV\s+\S+\s+\S+\s+\S+|HTTPS\s+\S+)\s+(\S+)"
)
"""An answer in a zone file's words, and what it leads to."""
DEEPEST: Final = 20


class Line(NamedTuple):
    """A plugin or a setting: its name, its arguments, and the lines in its block."""

    name: str
    arguments: list[str]
    inner: list[Line]


def corefile(text: str) -> dict[str, Any] | None:
    """Return what server blocks make names lead to, None for a text of another form or with unknown plugins."""
    made = named_corefile(text)
    return made if made and PLUGINS.issuperset(made["plugins"].split()) else None


def named_corefile(text: str) -> dict[str, Any] | None:
    """As `corefile`, of a file that says by its name what it is: it may have plugins that nobody here knows."""
    lines = _lines(text) or []
    servers = [line for line in lines if line.inner or line.name == "import"]
    if not servers or len(servers) < len(lines) or not all(map(ZONE.fullmatch, _zones(servers))):
        return None
    return _tree([plugin for line in servers for plugin in line.inner])


def imported_settings(text: str) -> dict[str, Any] | None:
    """Return what the settings lead to that a server block imports, None for a text of another form."""
    lines = _lines(text) or []
    return _tree(lines) if all(line.name in PLUGINS for line in lines) else None


def _tree(plugins: list[Line]) -> dict[str, Any] | None:
    """Return plugin → what it leads to; ``plugins`` names all of them, also those that answer by themselves."""
    made: dict[str, Any] = {"plugins": " ".join(dict.fromkeys(plugin.name for plugin in plugins))}
    for plugin in plugins:
        told = PLUGIN.get(plugin.name)
        for key, value in told(plugin) if told else ():
            put(made.setdefault(plugin.name, {}), key, value)
    return made if plugins else None


def _zones(servers: list[Line]) -> Iterator[str]:
    for server in servers:
        yield from (zone.rstrip(",") for zone in (server.name, *server.arguments) if server.name != "import")


def _lines(text: str) -> list[Line] | None:
    """Return the lines of a text with those in their blocks, None where its braces are no pairs."""
    root: list[Line] = []
    stack = [root]
    for line in text.splitlines():
        words: list[str] = []
        for word in (*TOKEN.findall(COMMENT.sub("", line)), "\n"):
            if word not in ("{", "}", "\n"):
                words.append(word.strip('"'))
                continue
            if words:
                stack[-1].append(Line(words[0], words[1:], []))
            if word == "{" and words:
                stack.append(stack[-1][-1].inner)
            elif word == "{" or (word == "}" and len(stack) == 1):
                return None
            elif word == "}":
                stack.pop()
            words = []
        if len(stack) > DEEPEST:
            raise RecursionError
    return root if len(stack) == 1 else None


def _rewrite(plugin: Line) -> Iterator[tuple[str, str]]:
    """Yield what names are rewritten to; what the answer is called afterwards leads nowhere."""
    own = [word for word in plugin.arguments if word not in ACTING]
    for words in (own, *([each.name, *each.arguments] for each in plugin.inner)):
        match words:
            case ["name" | "cname", "exact" | "regex", _, to, *_]:
                yield "target", to
            case ["name" | "cname", "suffix", _, to, *_]:
                yield "target", f"x{to}"
            case ["name" | "cname", "substring", _, to, *_] if "." in to:
                yield "target", to
            case ["name" | "cname", "prefix" | "suffix" | "substring", *_]:
                pass
            case ["name" | "cname", _, to, *_]:
                yield "target", to


def _upstreams(plugin: Line) -> Iterator[tuple[str, str]]:
    yield from (("upstream", word) for word in plugin.arguments[1:] if not word.startswith("/") and word != ".")


def _template(plugin: Line) -> Iterator[tuple[str, str]]:
    for line in plugin.inner:
        if line.name in ("answer", "additional"):
            yield from (("target", found) for found in RECORDS.findall(" ".join(line.arguments)))


def _hosts(plugin: Line) -> Iterator[tuple[str, str]]:
    yield from (("address", line.name) for line in plugin.inner if network_of(line.name) is not None)


def _copies(plugin: Line) -> Iterator[tuple[str, str]]:
    """Yield who gets, or gives, whole zones."""
    for line in plugin.inner:
        if line.name in ("to", "transfer"):
            yield from (("target", word) for word in line.arguments if word not in ("from", "to", "*"))


def _servers(plugin: Line) -> Iterator[tuple[str, str]]:
    """Yield the servers that a plugin asks, or tells what was asked."""
    yield from (("endpoint", word) for word in plugin.arguments if ":" in word and not word.startswith("/"))
    for line in plugin.inner:
        if line.name in ("endpoint", "address", "upstream"):
            yield from (("endpoint", word) for word in line.arguments if not word.startswith("/"))


PLUGIN: Final[dict[str, Callable[[Line], Iterator[tuple[str, str]]]]] = {
    "rewrite": _rewrite,
    "template": _template,
    "hosts": _hosts,
    **dict.fromkeys(("forward", "proxy", "grpc", "fanout", "alternate"), _upstreams),
    **dict.fromkeys(("transfer", "secondary"), _copies),
    **dict.fromkeys(("dnstap", "trace", "etcd", "kubernetes", "kubernetai", "redis", "nomad"), _servers),
}
"""Plugin → what of its settings leads somewhere; all others answer by themselves."""
