"""Tokens and certificates that are not good: of another time, issuer, audience, key, authority or name, or none."""

from __future__ import annotations

import base64
import datetime as dt
import json
import socket
import time
from typing import TYPE_CHECKING, Any

import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import ec
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey

from sandbox.certificates import authority, issue
from sandbox.gateways.client import Person
from sandbox.services.identity_provider import IdentityProvider
from tests.gateways.conftest import people_at
from tests.gateways.watching import Watch, nothing_forwarded

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.gateways.bench import People

KARI = Person()
MINUTES, DAY = 60, 86_400
NAME = "spiffe://europe/device/NO/laptop-1"


def at(seconds: int, life: int = 15 * MINUTES) -> dict[str, int]:
    """Return the times of a token that a provider whose clock goes wrong by ``seconds`` would give."""
    now = int(time.time()) + seconds
    return {"iat": now, "nbf": now, "exp": now + life}


CLAIMS: dict[str, Callable[[], dict[str, Any]]] = {
    "expired five minutes ago": lambda: at(-20 * MINUTES),
    "expired a minute ago": lambda: at(-16 * MINUTES),
    "of a clock five minutes late, for five minutes": lambda: at(-5 * MINUTES, 4 * MINUTES),
    "of a clock a day late": lambda: at(-DAY),
    "of a clock five minutes early": lambda: at(5 * MINUTES),
    "of a clock a day early": lambda: at(DAY),
    "good from tomorrow on": lambda: {"nbf": int(time.time()) + DAY},
    "issued in five minutes, good from ever on": lambda: {"iat": int(time.time()) + 5 * MINUTES, "nbf": 0},
    "issued tomorrow, good from ever on": lambda: {
        "iat": int(time.time()) + DAY,
        "exp": int(time.time()) + 2 * DAY,
        "nbf": 0,
    },
    "without an end": lambda: {"exp": None},
    "with an end that is no number": lambda: {"exp": "tomorrow"},
    "of another issuer": lambda: {"iss": "https://idp.elsewhere.invalid"},
    "of no issuer": lambda: {"iss": None},
    "for another audience": lambda: {"aud": "somebody-else"},
    "for several others": lambda: {"aud": ["somebody-else", "enclave-sandbox.elsewhere"]},
    "for no audience": lambda: {"aud": None},
    "for an empty audience": lambda: {"aud": []},
    "of nobody": lambda: {"sub": None},
    "of a number": lambda: {"sub": 7},
    "of a name with a line break": lambda: {"sub": "kari\r\nenclave-class: telemetry"},
    "of a name with a zero": lambda: {"sub": "kari\0"},
    "of a name without end": lambda: {"sub": "k" * 2_000},
    "of no employer": lambda: {"employer": None},
    "of employers": lambda: {"employer": ["fjord"]},
    "from nowhere": lambda: {"country": None},
    "from two countries": lambda: {"country": ["NO", "IE"]},
    "from a country in another case": lambda: {"country": "no"},
}


@pytest.mark.parametrize("name", CLAIMS)
def test_a_token_that_is_not_good_now_and_here_opens_nothing(people: People, name: str) -> None:
    with nothing_forwarded(people.station):
        assert people.ask(KARI, claims=CLAIMS[name]()).status_code in (401, 403)


GOOD: dict[str, Callable[[], dict[str, Any]]] = {
    "now": lambda: at(0),
    "five minutes ago": lambda: at(-5 * MINUTES),
    "ten minutes ago": lambda: at(-10 * MINUTES),
    "in twenty seconds": lambda: at(20),
    "for two audiences": lambda: {"aud": ["x", "enclave-sandbox"]},
}
"""Asked when the test runs: a token that was made when it was collected may be over by then."""


@pytest.mark.parametrize("name", GOOD)
def test_a_token_that_is_still_good_does(people: People, name: str) -> None:
    watch = Watch(people.station)
    assert people.ask(KARI, claims=GOOD[name]()).status_code == 200
    assert not watch.look().forwarded_unseen


def encoded(data: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(data).encode()).rstrip(b"=").decode()


def good(people: People) -> str:
    return people.identity.token(KARI.name, KARI.employer, KARI.country)


def signed(people: People, header: dict[str, Any], key: Any) -> str:
    _, payload, _ = good(people).split(".")
    said = json.loads(base64.urlsafe_b64decode(payload + "=="))
    return jwt.encode(header, said, key, algorithms=["ES256", "HS256"])


def with_other_payload(people: People) -> str:
    head, payload, signature = good(people).split(".")
    said = json.loads(base64.urlsafe_b64decode(payload + "=="))
    return f"{head}.{encoded({**said, 'sub': 'chief'})}.{signature}"


def with_other_signature(people: People) -> str:
    head, payload, signature = good(people).split(".")
    return f"{head}.{payload}.{'A' if signature[0] != 'A' else 'B'}{signature[1:]}"


def unsigned(people: People, algorithm: str) -> str:
    _, payload, _ = good(people).split(".")
    return f"{encoded({'alg': algorithm, 'kid': 'stand-in'})}.{payload}."


def of_the_public_key_as_secret(people: People) -> str:
    secret = OctKey.import_key(people.identity.jwks.encode())
    return signed(people, {"alg": "HS256", "kid": "stand-in"}, secret)


def of_another_provider(folder: Path) -> str:
    return IdentityProvider(folder / "other.json").token(KARI.name, KARI.employer, KARI.country)


def with_its_own_key(people: People) -> str:
    key = ECKey.import_key(ec.generate_private_key(ec.SECP256R1()))
    return signed(people, {"alg": "ES256", "kid": "stand-in", "jwk": key.as_dict(private=False)}, key)


AUTHORIZATIONS: dict[str, Callable[[People, Path], str | None]] = {
    "none": lambda *_: None,
    "empty": lambda *_: "",
    "no token": lambda *_: "Bearer ",
    "rubbish": lambda *_: "Bearer a.b.c",
    "basic": lambda people, _: f"Basic {good(people)}",
    "a bare token": lambda people, _: good(people),
    "alg none": lambda people, _: f"Bearer {unsigned(people, 'none')}",
    "alg None": lambda people, _: f"Bearer {unsigned(people, 'None')}",
    "no signature": lambda people, _: f"Bearer {unsigned(people, 'ES256')}",
    "another signature": lambda people, _: f"Bearer {with_other_signature(people)}",
    "another payload": lambda people, _: f"Bearer {with_other_payload(people)}",
    "the public key as a secret": lambda people, _: f"Bearer {of_the_public_key_as_secret(people)}",
    "another provider": lambda _, folder: f"Bearer {of_another_provider(folder)}",
    "a key of its own": lambda people, _: f"Bearer {with_its_own_key(people)}",
    "two tokens": lambda people, _: f"Bearer {with_other_payload(people)}, Bearer {good(people)}",
}


@pytest.mark.parametrize("name", AUTHORIZATIONS)
def test_an_authorization_that_nobody_gave_opens_nothing(people: People, name: str, tmp_path: Path) -> None:
    with nothing_forwarded(people.station):
        answer = people.ask(KARI, headers={"authorization": AUTHORIZATIONS[name](people, tmp_path)})
        assert answer.status_code in (401, 403)


def test_a_token_in_the_address_opens_nothing(people: People) -> None:
    """Addresses end up in logs and histories."""
    with nothing_forwarded(people.station):
        path = f"/records/1?access_token={good(people)}"
        assert people.ask(KARI, path, headers={"authorization": None}).status_code == 401


def certificate(folder: Path, people: People, name: str) -> tuple[str, str] | None:
    """Return one of the certificates that must not do."""
    devices, day = people.devices, dt.timedelta(days=1)
    if name == "none":
        return None
    made: dict[str, dict[str, Any]] = {
        "expired": {"names": [NAME], "begins": 2 * day, "lifetime": -day},
        "expired five minutes ago": {"names": [NAME], "begins": day, "lifetime": dt.timedelta(minutes=-5)},
        "not yet valid": {"names": [NAME], "begins": -day, "lifetime": 2 * day},
        "of another authority": {"names": [NAME], "by": authority("devices")},
        "of the servers": {"hosts": ["localhost"], "by": people.station.surroundings.servers},
        "of the upstreams": {"names": [NAME], "by": people.station.surroundings.upstreams},
        "of another enclave": {"names": ["spiffe://asia/device/NO/laptop-1"]},
        "of a longer name": {"names": ["spiffe://europe.elsewhere/device/NO/laptop-1"]},
        "of no device": {"names": ["spiffe://europe/service/NO/laptop-1"]},
        "of a host": {"hosts": ["laptop-1.europe"]},
        "of nobody": {},
    }
    fields = made[name]
    issue(folder, "device", fields.pop("by", devices), **fields)
    return str(folder / "device.pem"), str(folder / "device.key")


@pytest.mark.parametrize(
    "name",
    [
        "none",
        "expired",
        "expired five minutes ago",
        "not yet valid",
        "of another authority",
        "of the servers",
        "of the upstreams",
        "of another enclave",
        "of a longer name",
        "of no device",
        "of a host",
        "of nobody",
    ],
)
def test_a_device_without_a_good_certificate_is_not_even_heard(people: People, name: str, tmp_path: Path) -> None:
    with nothing_forwarded(people.station) as seen, pytest.raises(requests.exceptions.RequestException):
        requests.get(
            f"https://localhost:{people.station.port}/records/1",
            headers={"authorization": f"Bearer {good(people)}", "enclave-purpose": "support"},
            cert=certificate(tmp_path, people, name),
            verify=str(people.folder / "server-ca.pem"),
            timeout=10,
        )
    assert not seen.entries


@pytest.mark.parametrize(
    ("names", "reason"),
    [
        (["spiffe://europe/device/CN/laptop-1"], "location-disagrees"),
        (["spiffe://europe/device/no/laptop-1"], "location-unknown"),
        (["spiffe://europe/device/NO/"], "location-unknown"),
        (["spiffe://europe/device/NO/laptop-1/../../CN/x"], "location-unknown"),
        # The authorizer is told the first name alone, and Envoy takes any of them.
        (["spiffe://asia/device/NO/laptop-1", NAME], "location-unknown"),
        (["spiffe://europe/device/CN/laptop-1", NAME], "location-disagrees"),
    ],
)
def test_a_device_with_a_name_that_says_another_place_gets_a_reason(
    people: People, names: list[str], reason: str, tmp_path: Path
) -> None:
    issue(tmp_path, "device", people.devices, names=names)
    with nothing_forwarded(people.station):
        answer = people.ask(KARI, cert=(str(tmp_path / "device.pem"), str(tmp_path / "device.key")))
    assert (answer.status_code, answer.json()["reason"]) == (403, reason)


def test_plain_http_is_not_heard(people: People) -> None:
    with nothing_forwarded(people.station), socket.create_connection(("127.0.0.1", people.station.port), 5) as plain:
        plain.sendall(b"GET /records/1 HTTP/1.1\r\nhost: localhost\r\n\r\n")
        assert not plain.recv(1_000).startswith(b"HTTP/1.1 200")


def provider(envoy: Any) -> dict[str, Any]:
    found: dict[str, Any] = filters(envoy)["http_filters"][0]["typed_config"]["providers"]["identity"]
    return found


def chain(envoy: Any) -> Any:
    return envoy["static_resources"]["listeners"][0]["filter_chains"][0]


def filters(envoy: Any) -> Any:
    return chain(envoy)["filters"][0]["typed_config"]


def device_check(envoy: Any) -> dict[str, Any]:
    found: dict[str, Any] = chain(envoy)["transport_socket"]["typed_config"]["common_tls_context"]["validation_context"]
    return found


TOKENS_TAKEN: dict[str, tuple[Callable[[Any], object], dict[str, Any]]] = {
    "whoever issued them": (lambda envoy: provider(envoy).pop("issuer"), {"iss": "https://idp.elsewhere.invalid"}),
    "whomever they are for": (lambda envoy: provider(envoy).pop("audiences"), {"aud": "somebody-else"}),
    "long after their end": (
        lambda envoy: provider(envoy).update(clock_skew_seconds=2 * DAY),
        {"exp": int(time.time()) - DAY},
    ),
}


@pytest.mark.parametrize("name", TOKENS_TAKEN)
def test_an_envoy_that_takes_tokens_unseen_lets_people_in(name: str, tmp_path: Path) -> None:
    """The seeded bugs of this family, as far as tokens go."""
    seeded, claims = TOKENS_TAKEN[name]
    made = people_at(tmp_path, {"127.0.0.0/8": "NO"}, seeded=seeded)
    try:
        made.station.start()
        assert made.ask(KARI, claims=claims).status_code == 200
    finally:
        made.station.stop()


@pytest.mark.parametrize(
    ("name", "seeded", "heard"),
    [
        ("of another authority", lambda e: device_check(e).update(trust_chain_verification="ACCEPT_UNTRUSTED"), 200),
        ("expired", lambda e: device_check(e).update(allow_expired_certificate=True), 200),
        ("of another enclave", lambda e: device_check(e).pop("match_typed_subject_alt_names"), 403),
    ],
)
def test_an_envoy_that_takes_certificates_unseen_hears_people(
    name: str, seeded: Any, heard: int, tmp_path: Path
) -> None:
    """The seeded bugs of this family, as far as certificates go; where Envoy is careless, the authorizer is not."""
    made = people_at(tmp_path, {"127.0.0.0/8": "NO"}, seeded=seeded)
    try:
        made.station.start()
        folder = tmp_path / "odd"
        folder.mkdir()
        assert made.ask(KARI, cert=certificate(folder, made, name)).status_code == heard
    finally:
        made.station.stop()
