"""The configuration of one gateway on one site, as files under one digest: whoever changes a byte has another bundle.

The digest is the SHA-256 of a list that names each file's SHA-256 (`sha256sum`'s form, sorted by name), so that anybody
can compute it with two commands.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from hashlib import sha256
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import TYPE_CHECKING, Any, Final

from hosts.gateway.errors import BundleError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

POLICIES: Final = "policies.cedar"
SCHEMA: Final = "schema.cedarschema"
SETTINGS: Final = "gateway.json"
ENVOY: Final = "envoy.json"
SEEN: Final = "seen"
TOLD: Final = "told"
"""How Envoy learns from where somebody comes: it sees the address, or the balancer tells it (PROXY protocol 2)."""
FILES: Final = frozenset({POLICIES, SCHEMA, SETTINGS, ENVOY})


@dataclass(frozen=True)
class Employer:
    """Where an employing entity is registered, and from where it is controlled (ISO 3166-1 alpha-2)."""

    country: str
    controlled_from: str


@dataclass(frozen=True)
class Route:
    """Requests whose path begins with ``prefix`` (it ends with a slash) are about data of one class.

    ``reads_only``: the site takes no more of it, so that none may write.
    """

    prefix: str
    data_class: str
    reads_only: bool = False


@dataclass(frozen=True)
class Settings:
    """What the authorizer of one gateway on one site knows; ``networks`` maps a network of arrival to its country.

    ``grant_keys`` are the public keys (Ed25519, base64) of those who approve grants, by name. ``alerts`` is the address
    to which alerts go; "": they wait in their spool. ``arrival``: SEEN or TOLD. ``flows`` maps each row that
    pseudonymises to its leaving flow, ``leaving`` is the schema of these, ``pseudonyms`` says which key makes theirs.
    """

    gateway: str
    site: str
    employers: Mapping[str, Employer]
    purposes: frozenset[str]
    routes: tuple[Route, ...]
    networks: Mapping[IPv4Network | IPv6Network, str]
    results: Mapping[str, str]
    grant_keys: Mapping[str, str] = field(default_factory=dict)
    enclave: str = ""
    alerts: str = ""
    arrival: str = SEEN
    flows: Mapping[str, str] = field(default_factory=dict)
    leaving: str = ""
    pseudonyms: Mapping[str, str] = field(default_factory=dict)


def digest_of(files: Mapping[str, str]) -> str:
    """Return the digest of a bundle's files, 64 lower-case hex digits."""
    lines = (f"{sha256(text.encode()).hexdigest()}  {name}\n" for name, text in sorted(files.items()))
    return sha256("".join(lines).encode()).hexdigest()


def read_bundle(folder: Path, digest: str) -> dict[str, str]:
    """Return the files of the bundle in a folder. Raises BundleError where they are not those of ``digest``."""
    try:  # as bytes: reading a text would make one of all line ends, and another file have the same digest
        files = {name: (folder / name).read_bytes().decode() for name in sorted(FILES)}
    except (OSError, UnicodeDecodeError) as error:
        raise BundleError(f"the bundle in {folder} cannot be read ({error}); put the whole bundle there") from None
    if (found := digest_of(files)) != digest:
        raise BundleError(f"the bundle in {folder} has the digest {found}, and {digest} is approved; deploy that one")
    return files


def settings_of(text: str) -> Settings:
    """Return the settings in gateway.json. Raises BundleError."""
    try:
        data: dict[str, Any] = json.loads(text)
        return Settings(
            _text(data["gateway"]),
            _text(data["site"]),
            {name: Employer(**value) for name, value in data["employers"].items()},
            frozenset(data["purposes"]),
            # The longest prefix first: it is the one that a path is about.
            tuple(Route(**each) for each in sorted(data["routes"], key=lambda each: -len(each["prefix"]))),
            {ip_network(network): country for network, country in data["networks"].items()},
            {_text(row): _text(result) for row, result in data["results"].items()},
            {_text(name): _text(key) for name, key in data.get("grant_keys", {}).items()},
            _text(data["enclave"]),
            data.get("alerts", ""),
            data.get("arrival", SEEN),
            {_text(row): _text(flow) for row, flow in data.get("flows", {}).items()},
            data.get("leaving", ""),
            {_text(name): _text(value) for name, value in data.get("pseudonyms", {}).items()},
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BundleError(f"{SETTINGS} is damaged ({type(error).__name__}: {error}); deploy the bundle again") from None


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise TypeError(f"{value!r} is no name")
    return value
