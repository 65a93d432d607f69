"""Who is asking, from where and for what: what Envoy has verified, read once into a question."""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from hosts.gateway.decision import NONE, Grant, Question
from hosts.gateway.location import Witnesses, agreed, network_of
from hosts.gateway.paths import unsafe

if TYPE_CHECKING:
    from hosts.gateway.bundle import Settings

JWT: Final = "envoy.filters.http.jwt_authn"
IDENTITY: Final = "identity"
"""The key under which Envoy's jwt_authn puts the payload of a token that it has verified."""
PURPOSE: Final = "enclave-purpose"
GRANT: Final = "enclave-grant"
DEVICE: Final = re.compile(r"spiffe://(?P<enclave>[a-z0-9.-]+)/device/(?P<country>[A-Z]{2})/[A-Za-z0-9._-]{1,64}")
"""The name in a device's certificate (URI SAN): where it is registered, and which one it is."""

SPEAKABLE: Final = re.compile(r"[^\x00-\x1f\x7f-\x9f\u2028\u2029]{0,256}")
"""What may be put into a header and a line of a record as a person's name."""

NO_ROUTE: Final = "no-route"
PATH_UNSAFE: Final = "path-unsafe"
IDENTITY_UNSAFE: Final = "identity-unsafe"
IDENTITY_EARLY: Final = "identity-early"
"""The token was issued in the future: one of the two clocks is wrong. Envoy looks at `nbf` and `exp` alone."""
SKEW: Final = 30.0
"""Seconds, as in Envoy's configuration."""
SITE_CLOSED: Final = "site-drains"
READING: Final = frozenset({"GET", "HEAD"})
NO_IDENTITY: Final = "identity-missing"
EMPLOYER: Final = "employer-unknown"
PURPOSE_UNKNOWN: Final = "purpose-unknown"


@dataclass(frozen=True)
class Caller:
    """What a request says, as far as it is verified; "" where nothing is said."""

    request: str
    person: str
    employer: str
    witnesses: Witnesses
    device: str
    prefix: str
    data_class: str
    purpose: str
    grant: str
    path_sha256: str = ""
    method: str = ""
    unsafe: str = ""
    """The id of the reason why a request must not be understood at all; "" where there is none."""
    closed: bool = False
    """Whether it would write, and its route only reads."""


def caller_of(attributes: Any, settings: Settings, now: float) -> Caller:
    """Return what an AttributeContext of Envoy says; ``now`` is in seconds since 1970."""
    http = attributes.request.http
    identity = attributes.metadata_context.filter_metadata[JWT].fields[IDENTITY].struct_value.fields
    person = identity["sub"].string_value
    device = _device_of(attributes.source.principal, settings.enclave)
    route = next((route for route in settings.routes if http.path.startswith(route.prefix)), None)
    return Caller(
        http.id,
        person,
        identity["employer"].string_value,
        Witnesses(
            identity["country"].string_value,
            device["country"] if device else "",
            network_of(attributes.source.address.socket_address.address, settings.networks),
        ),
        attributes.source.principal if device else "",
        route.prefix if route else "",
        route.data_class if route else "",
        http.headers.get(PURPOSE, ""),
        http.headers.get(GRANT, ""),
        sha256(http.path.encode()).hexdigest(),
        http.method,
        _wrong(http.path, person, identity["iat"].number_value - now),
        route is not None and route.reads_only and http.method not in READING,
    )


def _device_of(principal: str, enclave: str) -> re.Match[str] | None:
    """Return a device's name in parts: Envoy tells the first URI of a certificate, and takes any that it bears."""
    found = DEVICE.fullmatch(principal)
    return found if found and found["enclave"] == enclave else None


def _wrong(target: str, person: str, early: float) -> str:
    if unsafe(target):
        return PATH_UNSAFE
    if not SPEAKABLE.fullmatch(person):
        return IDENTITY_UNSAFE
    return IDENTITY_EARLY if early > SKEW else ""


def question_of(caller: Caller, settings: Settings, grant: Grant = NONE) -> Question | str:
    """Return the question that a request puts, or the id of the reason why it puts none."""
    if caller.unsafe:
        return caller.unsafe
    if not caller.prefix:
        return NO_ROUTE
    if caller.closed:
        return SITE_CLOSED
    if not caller.person:
        return NO_IDENTITY
    location, unclear = agreed(caller.witnesses)
    if unclear:
        return unclear
    employer = settings.employers.get(caller.employer)
    if employer is None:
        return EMPLOYER
    if caller.purpose not in settings.purposes:
        return PURPOSE_UNKNOWN
    return Question(
        caller.person,
        location,
        caller.employer,
        employer.controlled_from,
        caller.data_class,
        caller.purpose,
        grant,
    )
