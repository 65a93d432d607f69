"""The hosts in an address: in a URL, a JDBC or TNS connection string, a list of brokers, or a bare ``host:port``.

One reader for all of them, as each can name several hosts, and every one of them is reached.
Source: RFC 3986; the URL standard; gRPC name resolution; the connection strings of JDBC drivers (PostgreSQL, MySQL,
MariaDB, SQL Server, Oracle, Db2), MongoDB, Redis and Kafka clients.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from enclave_policies.identifiers.addresses import is_v6
from enclave_policies.identifiers.shown import shown
from enclave_policies.identifiers.urls import origin
from enclave_policies.places.hosts import refused_host
from enclave_policies.places.regions import Refusal
from enclave_policies.texts.patterns import CLOUD_SCHEMES, NO_HOST_SCHEMES

if TYPE_CHECKING:
    from enclave_policies.law import Law

SCHEME: Final = re.compile(r"(?is)\s*((?:jdbc:)?[a-z][a-z0-9+.-]*(?::[a-z0-9+.-]+)*)://(.*)")
ORACLE: Final = re.compile(r"(?is)\s*jdbc:oracle:\w+:[^@]*@(?:\w+:)?(?://)?(.*)")
RESOLVED: Final = re.compile(r"(?is)\s*(?:dns|xds|passthrough|ipv[46]):(?!/|\d{1,5}(?:/|$))(.*)")
"""gRPC's short form, which lists hosts after the name of a scheme; ``dns:53`` is a host and its port."""
RESOLVERS: Final = frozenset({"dns", "xds", "passthrough"})
"""gRPC's, where a resolver may stand before the host: ``dns://resolver/host:port``."""
FILES: Final = frozenset({"unix", "file", "data", "classpath", "fd", "vsock", "unix-abstract", "npipe"})
"""Schemes without a host."""
WITHOUT_HOST: Final = FILES | NO_HOST_SCHEMES | CLOUD_SCHEMES
BROWSERS: Final = frozenset({"http", "https", "ws", "wss", "ftp"})
"""Schemes in which readers skip further slashes before the host (the URL standard, section 4.4)."""
TNS_HOST: Final = re.compile(r"(?i)\(\s*host\s*=\s*([^()\s]+)\s*\)")
"""Oracle's and MySQL's descriptions: ``(DESCRIPTION=(ADDRESS=(HOST=a)(PORT=1521)))``."""
HOST_OPTION: Final = re.compile(
    r"(?i)(?:^|[:;?&,\s(])\s*((?:[\w.-]*[_. -])?(?:host|hostname|hostaddr|server|servername|data source|addr|address"
    r"|network address|endpoint|proxy|proxyhost)s?|failover_?partner|failover partner|proxy_?(?:host|server)"
    r"|[\w]*alternate_?server(?:_?name)?s?|[\w.]*bootstrap[._]servers|socksproxyhost|\w*seeds?)\s*=\s*([^;&\s\"')]+)"
)
"""Options of a connection string that name a host."""
INNER: Final = re.compile(r"(?i)(?<![\w+.-])([a-z][a-z0-9+.-]{0,40})://([^/?#;&\s\"'<>{}$]+)(?![{$])")
"""A URL in the path, the query or the fragment of another: whoever answers the outer one may lead on to it."""
ENCODED: Final = re.compile(r"(?i)(?<![\w+.:-])[a-z][a-z0-9+.-]{0,40}%(?:25)*3a%(?:25)*2f%(?:25)*2f[^\s&\"'<>]*")
"""A URL in percent encoding, which readers decode: a colon and two slashes, encoded once or more."""
TIMES: Final = 3
"""How often a URL is decoded: a gateway decodes once, and what it leads to once more."""
END_OF_AUTHORITY: Final = re.compile(r"[/?#;]")
PORT: Final = re.compile(r":\d*$")


@lru_cache(maxsize=1 << 14)
def hosts_in(address: str) -> tuple[str, ...] | None:
    """Return every host of an address as it is written there, without users and ports; none for a file or a socket.

    None for what holds no host that can be read.
    """
    found = ORACLE.match(address)
    if found:
        return _listed(TNS_HOST.findall(found[1]) or [found[1].partition("/")[0].partition(":")[0]])
    found = RESOLVED.fullmatch(address)
    if found:
        return _listed(_authority(found[1]))
    found = SCHEME.match(address)
    if found:
        return _url_hosts(found[1].lower(), found[2])
    if TNS_HOST.search(address):
        return _listed(TNS_HOST.findall(address))
    text = address.strip().removeprefix("//")
    return _listed(_authority(text)) if text and not text.startswith("/") else None


def _url_hosts(scheme: str, rest: str) -> tuple[str, ...] | None:
    last = scheme.rpartition(":")[2]
    if last in FILES:
        return ()
    if not rest:
        return None
    authority = END_OF_AUTHORITY.split(rest, maxsplit=1)[0]
    after = rest[len(authority) :]
    hosts = [*TNS_HOST.findall(rest)] if "(" in rest else _authority(authority)
    if last in RESOLVERS:
        target = after.removeprefix("/")
        hosts = [host for host in (*hosts, *_authority(target)) if host]
        return _listed(hosts) if hosts else ()
    hosts += [each for _, value in HOST_OPTION.findall(after) for each in _authority(value)]
    for inner, others in INNER.findall(decoded(after)):
        hosts += _authority(others) if inner.lower() not in WITHOUT_HOST else []
    # hdfs:///people: wherever the program's own settings say
    return _listed(hosts) or (None if last in BROWSERS else ())


def decoded(text: str) -> str:
    """Return a text with the URLs in it that are in percent encoding as everybody writes them."""
    if "%" not in text:
        return text
    for _ in range(TIMES):
        text = ENCODED.sub(lambda found: unquote(found[0]), text)
    return text


def _authority(text: str) -> list[str]:
    """Return the hosts of ``user:password@a:1,b:2/path``.

    A backslash ends the authority for browsers and belongs to the user for other programs, so both hosts are told.
    """
    text = END_OF_AUTHORITY.split(text.strip(), maxsplit=1)[0] if not text.startswith("[") else text
    found = []
    for part in re.split(r"[,\s]+", text):
        for reading in (part.partition("\\")[0], part):
            bare = reading.rpartition("@")[2].rpartition("\\")[2]
            if is_v6(bare):
                found.append(bare)  # without brackets no port can follow
            else:
                found.append(bare.partition("]")[0].removeprefix("[") if bare.startswith("[") else PORT.sub("", bare))
    return found


def _listed(hosts: list[str]) -> tuple[str, ...] | None:
    named = tuple(dict.fromkeys(host.strip().strip("\"'") for host in hosts if host.strip()))
    return named or None


@lru_cache(maxsize=1 << 14)
def refused_address(address: str, law: Law, *, cluster: bool = False) -> Refusal | None:
    """Return why an address (a URL, a connection string or a bare host) may not be reached, None when it may.

    The first of its hosts that may not; ``cluster``: a cluster looks its names up.
    """
    if origin(address) in law.stand_in_endpoints:
        return None
    hosts = hosts_in(address)
    if hosts is None:
        return Refusal(f"{shown(address)}, which names no host that can be read", None, None)
    public = address.lstrip()[:6].lower() == "https:"
    return next(filter(None, (refused_host(host, law, cluster=cluster, public=public) for host in hosts)), None)
