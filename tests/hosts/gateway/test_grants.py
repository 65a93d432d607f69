"""What a grant proves: only what approvers signed, only for the request that it names, only while it is in force."""

from __future__ import annotations

import json
import os
import re
import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from securesystemslib.dsse import Envelope

from hosts.gateway import dsse, granted, grants
from hosts.gateway.decision import NONE, Grant
from hosts.gateway.errors import BundleError
from hosts.gateway.grant_reasons import REASONS
from hosts.gateway.grant_terms import (
    GRANT_KIND,
    REVOCATION_KIND,
    Revocation,
    Terms,
    as_text,
    made,
    terms_of,
)
from hosts.gateway.granted import ACCESS, GRANT_FILE, REVOCATION_FILE, Approved, approved
from hosts.gateway.grants import Claim, Grants
from hosts.gateway.signed_terms import TermsError
from tests.hosts.gateway.granting import CALLER, HOUR, NOON, TERMS, grant, key_of, revocation, sealed, settings, terms

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from hosts.gateway.caller import Caller

MIDDLE = NOON + HOUR / 2
GLASS: dict[str, Any] = {"break_glass": True, "minutes": 120}
SETTINGS = settings()
KEYS = {name: dsse.public_key(name, text) for name, text in SETTINGS.grant_keys.items()}


def claim(folder: Path, data: bytes | None, caller: Caller = CALLER, now: datetime = MIDDLE) -> Claim:
    """Return what a grant proves that lies in a folder."""
    if data is not None:
        (folder / f"g-1{GRANT_FILE}").write_bytes(data)
    return Grants(folder, SETTINGS).claim(caller, now)


def with_fields(**changes: Any) -> bytes:
    """Return a grant whose payload has other fields than grants have, properly signed."""
    fields = {**json.loads(as_text(TERMS)), **changes}
    return sealed(json.dumps(fields, sort_keys=True, indent=1).encode() + b"\n", GRANT_KIND, "magnus")


def as_key_of(other: str) -> Callable[[], bytes]:
    return lambda: grant("magnus", keys={"magnus": other})


def edited(**changes: Any) -> bytes:
    """Return a good grant whose envelope somebody edited, and wrote again in the right form."""
    envelope = json.loads(grant("magnus"))
    return json.dumps({**envelope, **changes}, sort_keys=True, indent=1).encode() + b"\n"


def compact(text: bytes) -> bytes:
    return json.dumps(json.loads(text), separators=(",", ":")).encode()


SIGNATURE = json.loads(grant("magnus"))["signatures"][0]


def test_a_good_grant_proves_ticket_approver_and_minutes(tmp_path: Path) -> None:
    found = claim(tmp_path, grant("magnus"))
    assert found == Claim("g-1", Grant(ticket=True, approvers=1, minutes=60), "", Approved(TERMS, ("magnus",)))
    two = claim(tmp_path, grant("magnus", "siobhan", **GLASS))
    assert two.grant == Grant(ticket=True, approvers=2, minutes=120, break_glass=True)
    assert claim(tmp_path, grant("siobhan", minutes=240)).grant.minutes == 240
    assert claim(tmp_path, grant("siobhan", sites=("bergen", "hamar"), classes=("restricted", "telemetry"))).wrong == ""


def test_who_names_no_grant_claims_none(tmp_path: Path) -> None:
    assert claim(tmp_path, grant("magnus"), replace(CALLER, grant="")) == Claim()


WRONG: dict[str, tuple[str, Callable[[], bytes | None]]] = {
    "no file": ("grant-unknown", lambda: None),
    "an empty file": ("grant-unreadable", lambda: b""),
    "no JSON": ("grant-malformed", lambda: b"{"),
    "JSON that is deep": ("grant-malformed", lambda: b"[" * 16_000),
    "no object": ("grant-malformed", lambda: b"[]\n"),
    "too large": ("grant-malformed", lambda: grant("magnus") + b" " * 20_000),
    "a signature's form": ("grant-malformed", lambda: edited(signatures=[{"keyid": "magnus", "sig": 7}])),
    "names that are none": (
        "grant-malformed",
        lambda: edited(signatures=[{"keyid": 7, "sig": "QQ=="}, {"keyid": "magnus", "sig": "QQ=="}]),
    ),
    "one name twice": ("grant-malformed", lambda: edited(signatures=json.loads(grant("magnus"))["signatures"] * 2)),
    "a field in the envelope": ("grant-malformed", lambda: edited(more=1)),
    "a revocation": ("grant-malformed", lambda: sealed(as_text(TERMS), REVOCATION_KIND, "magnus")),
    "terms in another form": ("grant-malformed", lambda: sealed(compact(as_text(TERMS)), GRANT_KIND, "magnus")),
    "terms that say two things": (
        "grant-malformed",
        lambda: sealed(as_text(TERMS).replace(b"{", b'{"minutes": 1, '), GRANT_KIND, "magnus"),
    ),
    "a field in a signature": ("grant-malformed", lambda: edited(signatures=[{**SIGNATURE, "more": 1}])),
    "another id": ("grant-malformed", lambda: grant("magnus", id="g-2")),
    "a field too many": ("grant-malformed", lambda: with_fields(more=1)),
    "minutes as a text": ("grant-malformed", lambda: with_fields(minutes="60")),
    "minutes as a truth": ("grant-malformed", lambda: with_fields(minutes=True)),
    "a minute too long": ("grant-malformed", lambda: grant("magnus", minutes=241)),
    "no minute": ("grant-malformed", lambda: grant("magnus", minutes=0)),
    "break-glass, a minute too long": (
        "grant-malformed",
        lambda: grant("magnus", "siobhan", break_glass=True, minutes=121),
    ),
    "a begin before it was issued": ("grant-malformed", lambda: grant("magnus", issued=NOON + HOUR)),
    "no site": ("grant-malformed", lambda: grant("magnus", sites=())),
    "no ticket": ("grant-malformed", lambda: grant("magnus", ticket="")),
    "no signature": ("grant-unsigned", grant),
    "an unknown name": ("grant-key-unknown", lambda: grant("olga")),
    "an unknown name beside a known one": ("grant-key-unknown", lambda: grant("magnus", "olga")),
    "an unknown key under a known name": ("grant-forged", as_key_of("olga")),
    "the key of another approver": ("grant-forged", as_key_of("siobhan")),
    "the requester": ("grant-self-approved", lambda: grant("kari")),
    "the requester beside an approver": ("grant-self-approved", lambda: grant("kari", "magnus")),
    "the requester in capital letters": ("grant-self-approved", lambda: grant("magnus", requester="Magnus")),
    "break-glass by one": ("grant-one-approver", lambda: grant("magnus", **GLASS)),
    "another enclave": ("grant-other-enclave", lambda: grant("magnus", enclave="asia")),
    "another gateway": ("grant-other-gateway", lambda: grant("magnus", gateway="admins")),
    "another site": ("grant-other-site", lambda: grant("magnus", sites=("dublin-1",))),
    "another person": ("grant-other-person", lambda: grant("magnus", requester="ola")),
    "another class": ("grant-other-class", lambda: grant("magnus", classes=("telemetry",))),
    "another purpose": ("grant-other-purpose", lambda: grant("magnus", purpose="support")),
    "not begun": ("grant-not-begun", lambda: grant("magnus", begins=NOON + HOUR)),
    "over": ("grant-expired", lambda: grant("magnus", minutes=29)),
}


@pytest.mark.parametrize(("reason", "data"), WRONG.values(), ids=WRONG)
def test_a_wrong_grant_proves_nothing_and_says_why(
    reason: str, data: Callable[[], bytes | None], tmp_path: Path
) -> None:
    found = claim(tmp_path, data())
    assert (found.grant, found.wrong) == (NONE, reason)


REVOKED = as_text(Revocation("g-1", "europe", NOON))


@pytest.mark.parametrize(
    ("reason", "data"),
    [
        ("grant-revoked", lambda: revocation("magnus")),
        ("grant-revoked", lambda: revocation("kari")),
        ("grant-revoked", lambda: revocation("magnus", "siobhan")),
        ("grant-revocation-wrong", lambda: b""),
        ("grant-revocation-wrong", lambda: b"{}"),
        ("grant-revocation-wrong", revocation),
        ("grant-revocation-wrong", lambda: revocation("olga")),
        ("grant-revocation-wrong", lambda: revocation("magnus", name="g-2")),
        ("grant-revocation-wrong", lambda: revocation("magnus", enclave="asia")),
        ("grant-revocation-wrong", lambda: grant("magnus")),
        ("grant-revocation-wrong", lambda: sealed(compact(REVOKED), REVOCATION_KIND, "magnus")),
    ],
)
def test_a_revocation_ends_a_grant_and_a_damaged_one_does_too(
    reason: str, data: Callable[[], bytes], tmp_path: Path
) -> None:
    (tmp_path / f"g-1{REVOCATION_FILE}").write_bytes(data())
    found = claim(tmp_path, grant("magnus"))
    assert (found.grant, found.wrong) == (NONE, reason)


def test_every_reason_has_a_case() -> None:
    told = {reason for reason, _ in WRONG.values()} | {"grant-revoked", "grant-revocation-wrong"}
    assert told == set(REASONS)


def test_the_page_tells_every_reason_in_its_words() -> None:
    page = (Path(__file__).parents[3] / "docs" / "access.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| `(grant-[a-z-]+)` \| (.+) \|$", page, re.MULTILINE) == list(REASONS.items())


@pytest.mark.parametrize(
    ("seed", "kind"),
    [
        (lambda patch: patch.setattr(granted, "all_fit", lambda *_: True), "an unknown key under a known name"),
        (lambda patch: patch.setattr(granted, "people", lambda *_: 2), "break-glass by one"),
        (lambda patch: patch.setattr(grants, "unfit", lambda *_: ""), "over"),
        (lambda patch: patch.setattr(grants, "unfit", lambda *_: ""), "another person"),
        (
            lambda patch: patch.setattr(granted, "opened", lambda data, _: Envelope.from_dict(json.loads(data))),
            "too large",
        ),
    ],
)
def test_a_check_that_is_left_out_is_noticed(
    seed: Callable[[pytest.MonkeyPatch], None], kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The seeded bugs of this family."""
    seed(monkeypatch)
    assert claim(tmp_path, WRONG[kind][1]()).wrong == ""


GOOD_BYTES = grant("magnus", "siobhan", **GLASS)


@examples(max_examples=max(500, examples().max_examples))
@given(st.integers(0, len(GOOD_BYTES) - 1), st.integers(1, 255))
def test_one_changed_byte_and_it_is_no_grant(at: int, change: int) -> None:
    changed = bytearray(GOOD_BYTES)
    changed[at] ^= change
    assert isinstance(approved(GOOD_BYTES, "g-1", KEYS, ACCESS), Approved)
    assert isinstance(approved(bytes(changed), "g-1", KEYS, ACCESS), str)


@pytest.mark.parametrize("at", range(0, len(GOOD_BYTES), 97))
def test_a_byte_more_or_less_and_it_is_no_grant(at: int) -> None:
    assert isinstance(approved(GOOD_BYTES[:at] + b" " + GOOD_BYTES[at:], "g-1", KEYS, ACCESS), str)
    assert isinstance(approved(GOOD_BYTES[:at] + GOOD_BYTES[at + 1 :], "g-1", KEYS, ACCESS), str)


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9) | st.sampled_from(["magnus", "QQ=="]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["keyid", "sig", "x"]), inner),
    max_leaves=6,
)


@given(st.sampled_from(["payload", "payloadType", "signatures", "more"]), ANY)
def test_whatever_stands_in_an_envelope_it_is_no_grant_and_no_fault(field: str, value: Any) -> None:
    assert isinstance(approved(edited(**{field: value}), "g-1", KEYS, ACCESS), str)


@given(st.sampled_from(sorted(json.loads(as_text(TERMS)))), ANY)
def test_whatever_stands_in_terms_it_is_told_in_words(field: str, value: Any) -> None:
    fields = {**json.loads(as_text(TERMS)), field: value}
    try:
        assert isinstance(made(fields), Terms)
    except TermsError as error:
        assert all(": " in problem for problem in error.problems)  # noqa: PT017  both ends are good


def test_an_envelope_that_is_taken_in_any_form_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The seeded bug of the family of changed bytes."""
    changed = GOOD_BYTES[:-1] + b" "
    monkeypatch.setattr(dsse, "written", lambda _: changed)
    assert isinstance(approved(changed, "g-1", KEYS, ACCESS), Approved)


SECOND, MINUTE, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("now", "wrong"),
    [
        (NOON - DAY, "grant-not-begun"),
        (NOON - 5 * MINUTE, "grant-not-begun"),
        (NOON - SECOND, "grant-not-begun"),
        (NOON - timedelta(microseconds=1), "grant-not-begun"),
        (NOON, ""),
        (NOON + 5 * MINUTE, ""),
        (NOON + HOUR - 5 * MINUTE, ""),
        (NOON + HOUR - timedelta(microseconds=1), ""),
        (NOON + HOUR, "grant-expired"),
        (NOON + HOUR + SECOND, "grant-expired"),
        (NOON + HOUR + 5 * MINUTE, "grant-expired"),
        (NOON + DAY, "grant-expired"),
    ],
    ids=str,
)
def test_a_grant_is_in_force_from_its_begin_until_its_last_minute_is_over(
    now: datetime, wrong: str, tmp_path: Path
) -> None:
    assert claim(tmp_path, grant("magnus"), now=now).wrong == wrong


def test_a_grant_counts_as_soon_as_it_is_there_and_no_longer_than_it_is(tmp_path: Path) -> None:
    watched, file = Grants(tmp_path, SETTINGS), tmp_path / f"g-1{GRANT_FILE}"
    assert watched.claim(CALLER, MIDDLE).wrong == "grant-unknown"
    file.write_bytes(grant("magnus"))
    assert watched.claim(CALLER, MIDDLE).wrong == ""
    file.unlink()
    assert watched.claim(CALLER, MIDDLE).wrong == "grant-unknown"


def test_a_change_in_place_is_seen_though_size_and_times_are_the_same(tmp_path: Path) -> None:
    watched, file = Grants(tmp_path, SETTINGS), tmp_path / f"g-1{GRANT_FILE}"
    good, bad = grant("magnus"), grant("magnus", requester="olav")
    file.write_bytes(good)
    before = file.stat()
    assert (watched.claim(CALLER, MIDDLE).wrong, len(good)) == ("", len(bad))
    with file.open("r+b") as opened:
        opened.write(bad)
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert watched.claim(CALLER, MIDDLE).wrong == "grant-other-person"


def test_a_revocation_counts_at_once_and_still_does_where_its_file_was_taken_away(tmp_path: Path) -> None:
    watched, file = Grants(tmp_path, SETTINGS), tmp_path / f"g-1{REVOCATION_FILE}"
    (tmp_path / f"g-1{GRANT_FILE}").write_bytes(grant("magnus"))
    assert watched.claim(CALLER, MIDDLE).wrong == ""
    file.write_bytes(revocation("siobhan"))
    assert watched.claim(CALLER, MIDDLE).wrong == "grant-revoked"
    file.unlink()
    assert watched.claim(CALLER, MIDDLE).wrong == "grant-revoked"


def test_signatures_are_verified_once_for_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    watched, asked = Grants(tmp_path, SETTINGS), []

    def counted(*each: Any) -> bool:
        asked.append(each)
        return dsse.all_fit(*each)

    monkeypatch.setattr(granted, "all_fit", counted)
    (tmp_path / f"g-1{GRANT_FILE}").write_bytes(grant("magnus"))
    for _ in range(10):
        assert watched.claim(CALLER, MIDDLE).wrong == ""
    assert len(asked) == 1


@pytest.mark.parametrize(
    "name", ["../g-1", "g-1/../g-1", "/etc/passwd", "G-1", "g-1\0", "g-1,g-1", "g" * 41, "-", "g-1 "]
)
def test_a_name_that_is_no_id_reaches_no_file(name: str, tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    for folder in (tmp_path, inside):
        (folder / f"g-1{GRANT_FILE}").write_bytes(grant("magnus"))
    assert Grants(inside, SETTINGS).claim(replace(CALLER, grant=name), MIDDLE).wrong == "grant-unknown"


def test_a_pipe_or_a_folder_in_the_place_of_a_grant_keeps_nobody_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / f"g-1{GRANT_FILE}")
    (tmp_path / f"g-2{GRANT_FILE}").mkdir()
    found: list[str] = []
    watched = Grants(tmp_path, SETTINGS)
    asking = threading.Thread(
        target=lambda: found.extend(watched.claim(replace(CALLER, grant=f"g-{n}"), MIDDLE).wrong for n in (1, 2)),
        daemon=True,
    )
    asking.start()
    asking.join(30)
    assert found == ["grant-unreadable", "grant-unreadable"]


def test_without_a_folder_no_grant_counts() -> None:
    assert Grants(None, SETTINGS).claim(CALLER, MIDDLE).wrong == "grant-unknown"


def test_a_document_that_is_larger_than_an_envelope_is_not_read() -> None:
    assert isinstance(approved(grant("magnus", sites=("a" * 4000, "hamar")), "g-1", KEYS, ACCESS), Approved)
    assert approved(grant("magnus", sites=("a" * 20_000, "hamar")), "g-1", KEYS, ACCESS) == "grant-malformed"


def test_one_key_under_two_names_is_one_person(tmp_path: Path) -> None:
    keys = {**SETTINGS.grant_keys, "twin": SETTINGS.grant_keys["magnus"]}
    (tmp_path / f"g-1{GRANT_FILE}").write_bytes(grant("magnus", "twin", keys={"twin": "magnus"}, **GLASS))
    assert Grants(tmp_path, replace(SETTINGS, grant_keys=keys)).claim(CALLER, MIDDLE).wrong == "grant-one-approver"


@pytest.mark.parametrize("key", ["", "AAAA", "no base64!", key_of("magnus").public_key().public_bytes_raw().hex()])
def test_a_bundle_with_a_key_that_is_none_is_refused(key: str) -> None:
    with pytest.raises(BundleError, match="the key of 'magnus' is no Ed25519 public key"):
        Grants(None, replace(SETTINGS, grant_keys={"magnus": key}))


def test_all_that_is_wrong_with_terms_is_told_at_once() -> None:
    fields = {**json.loads(as_text(TERMS)), "minutes": 500, "ticket": " ", "sites": ["Hamar"], "begins": "soon", "x": 1}
    del fields["gateway"]
    with pytest.raises(TermsError) as caught:
        made(fields)
    assert [problem.partition(":")[0] for problem in caught.value.problems] == [
        "x",
        "gateway",
        "sites",
        "ticket",
        "begins",
        "minutes",
    ]
    assert terms_of(as_text(terms(minutes=240))) == terms(minutes=240)
