"""Tokens are turned back by a grant that fits, and the record knows of it before anybody sees a value."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import boto3
import pytest

from hosts.deidentify.reversal_terms import MEDIA_TYPE, made
from hosts.gateway.chain import heads
from hosts.gateway.errors import RecordError
from hosts.gateway.grant_terms import as_text
from hosts.gateway.granted import GRANT_FILE
from hosts.gateway.record import Record
from hosts.gateway.signed_terms import TermsError, shown
from tests.hosts.deidentify.token_desk import CLAIMS, FIELDS, REVERSAL, terms
from tests.hosts.gateway.granting import sealed
from tests.hosts.key_plugin.bench import LABEL, Bench
from tests.hosts.key_plugin.conftest import bench, library
from tests.hosts.watch.conftest import aws, moto

if TYPE_CHECKING:
    from pathlib import Path

    from tests.hosts.deidentify.token_desk import TokenDesk
    from tests.sandbox.aws_plugin.local_aws import LocalAws

__all__ = ["aws", "bench", "library", "moto"]  # fixtures of the neighbours
NOW: Final = datetime.now(UTC).replace(microsecond=0)
HOUR: Final = timedelta(hours=1)


def entries(desk: TokenDesk) -> list[dict[str, Any]]:
    """Return what the record says, whose chain must hold."""
    with desk.record.open("rb") as lines:
        assert all(not wrong for _, wrong in heads(lines))
    return [json.loads(line) for line in desk.record.read_bytes().splitlines()]


@pytest.fixture
def tokens(token_desk: TokenDesk) -> list[str]:
    """Six tokens of one run, in the epoch w48."""
    records = token_desk.run([{"user": f"user-{number}"} for number in range(6)], epoch="w48").records
    return [record["user"] for record in records]


def test_a_grant_turns_tokens_back_and_the_record_says_who_why_and_which(
    token_desk: TokenDesk, tokens: list[str]
) -> None:
    token_desk.grant()
    answer = token_desk.reverse(*tokens[:2])
    assert answer.code == 0
    assert [json.loads(line)["value"] for line in answer.said.splitlines()] == ["user-0", "user-1"]
    assert "grant r-1 turns back 3 more tokens" in answer.wrong
    (entry,) = entries(token_desk)
    told = {key: entry[key] for key in ("grant", "requester", "approvers", "purpose", "ticket", "result", "tokens")}
    assert told == {
        "grant": "r-1",
        "requester": "kari",
        "approvers": ["aoife"],
        "purpose": "support",
        "ticket": "INC-7",
        "result": "shown",
        "tokens": tokens[:2],
    }
    assert "user-0" not in token_desk.record.read_text()


LONG_AGO: Final[dict[str, Any]] = {"issued": NOW - 2 * HOUR, "begins": NOW - 2 * HOUR}
WRONG: Final[dict[str, tuple[tuple[str, ...], dict[str, Any], str]]] = {
    "of nobody who is declared": (("knut",), {}, "grant-key-unknown"),
    "of who asked": (("magnus",), {"requester": "magnus"}, "grant-self-approved"),
    "of who asked, in capitals": (("magnus",), {"requester": "Magnus"}, "grant-self-approved"),
    "for another enclave": (("aoife",), {"enclave": "asia"}, "grant-other-enclave"),
    "for another flow": (("aoife",), {"flow": "visits"}, "grant-other-flow"),
    "for another epoch": (("aoife",), {"epoch": "w47"}, "grant-other-epoch"),
    "for another purpose": (("aoife",), {"purpose": "marketing"}, "grant-other-purpose"),
    "over": (("aoife",), LONG_AGO, "grant-expired"),
    "not in force yet": (("aoife",), {"begins": NOW + HOUR}, "grant-not-begun"),
    "for fewer tokens": (("aoife",), {"most": 1}, "too-many-tokens"),
    "for other tokens": (("aoife",), {"tokens": ("tok-AAAAAA-" + "A" * 22,)}, "token-not-named"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_grant_that_does_not_fit_shows_nothing_and_the_record_says_why(
    token_desk: TokenDesk, tokens: list[str], wrong: str
) -> None:
    signers, changes, reason = WRONG[wrong]
    token_desk.grant(*signers, **changes)
    answer = token_desk.reverse(*tokens[:2])
    assert (answer.code, answer.said) == (2, "")
    assert "grant r-1" in answer.wrong
    (entry,) = entries(token_desk)
    assert (entry["result"], entry["reasons"], entry["asked"]) == ("refused", [reason], 2)
    assert "tokens" not in entry


@pytest.mark.parametrize("harm", ["no file", "no signature", "a byte", "another kind", "another id", "no id"])
def test_what_is_no_grant_shows_nothing(token_desk: TokenDesk, tokens: list[str], harm: str) -> None:
    token_desk.grant()
    file, grant = token_desk.grants / f"r-1{GRANT_FILE}", "r-1"
    if harm == "no file":
        file.unlink()
    if harm == "no signature":
        file.write_bytes(sealed(as_text(terms()), MEDIA_TYPE))
    if harm == "a byte":
        data = bytearray(file.read_bytes())
        data[data.index(b'"sig": "') + 12] ^= 1
        file.write_bytes(data)
    if harm == "another kind":
        file.write_bytes(sealed(as_text(terms()), "application/vnd.enclave.grant+json", "aoife"))
    if harm == "another id":
        file.rename(token_desk.grants / f"r-2{GRANT_FILE}")
        grant = "r-2"
    if harm == "no id":
        grant = "../grants/r-1"
    answer = token_desk.reverse(tokens[0], grant=grant)
    assert (answer.code, answer.said) == (2, "")
    assert entries(token_desk)[0]["result"] == "refused"


def test_a_grant_is_used_up_by_different_tokens_and_not_by_the_same_again(
    token_desk: TokenDesk, tokens: list[str]
) -> None:
    token_desk.grant(most=3)
    assert token_desk.reverse(*tokens[:2]).code == 0
    assert token_desk.reverse(*tokens[:2]).code == 0
    answer = token_desk.reverse(*tokens[2:4])
    assert answer.code == 2
    assert "is for 3 tokens, 2 were turned back by it, and these make 4" in answer.wrong
    assert token_desk.reverse(tokens[2]).code == 0
    assert token_desk.reverse(tokens[3]).code == 2


def test_a_revoked_grant_shows_nothing_even_after_its_revocation_has_gone(
    token_desk: TokenDesk, tokens: list[str]
) -> None:
    token_desk.grant()
    token_desk.revoke("magnus")
    assert token_desk.reverse(tokens[0]).code == 2
    for file in token_desk.grants.glob("*.revoked.json"):
        file.unlink()
    answer = token_desk.reverse(tokens[0])
    assert (answer.code, answer.said) == (2, "")
    assert "it was revoked" in answer.wrong


def test_what_should_revoke_a_grant_and_is_damaged_revokes_it(token_desk: TokenDesk, tokens: list[str]) -> None:
    token_desk.grant()
    token_desk.revoke("knut")
    assert token_desk.reverse(tokens[0]).code == 2


def test_all_that_is_wrong_comes_at_once_and_no_value_that_was_typed_in(
    token_desk: TokenDesk, tokens: list[str]
) -> None:
    (elsewhere,) = token_desk.run([{"user": "nora"}], epoch="w47").records
    token_desk.grant(**LONG_AGO, purpose="marketing")
    answer = token_desk.reverse("+4791122333", "tok-AAAAAA-" + "A" * 22, elsewhere["user"], tokens[0])
    told = [line for line in answer.wrong.splitlines() if "stand-in" not in line]
    assert answer.code == 2
    assert len(told) == 5
    assert "token 3 is of the flow 'claims' for 'support' and 'insurer', epoch 'w47'" in answer.wrong
    assert "91122333" not in answer.wrong + token_desk.record.read_text()


def test_a_token_that_its_vault_does_not_know_shows_no_other_one_either(
    token_desk: TokenDesk, tokens: list[str]
) -> None:
    token_desk.grant()
    answer = token_desk.reverse(tokens[0], tokens[0][:-22] + "A" * 22)
    assert (answer.code, answer.said) == (2, "")
    assert "token 2 is not in its vault" in answer.wrong


def test_a_flow_to_the_same_recipient_with_other_approvers_turns_no_token_of_this_one_back(
    token_desk: TokenDesk, tokens: list[str]
) -> None:
    knut = {"knut": next(iter(REVERSAL["approvers"].values()))}
    other = {**CLAIMS, "flow": "other", "reversal": {**REVERSAL, "approvers": knut}}
    token_desk.write(token_desk.schema, [other, *({**field, "of": "other"} for field in FIELDS)])
    token_desk.grant("aoife", flow="other")
    assert token_desk.reverse(tokens[0], flow="other").code == 2
    token_desk.write(
        token_desk.schema, [CLAIMS, *FIELDS, {**other, "reversal": REVERSAL}, {**FIELDS[0], "of": "other"}]
    )
    answer = token_desk.reverse(tokens[0], flow="other")
    assert (answer.code, answer.said) == (2, "")
    assert "token 1 is of the flow 'claims'" in answer.wrong


def test_a_flow_without_tokens_has_nothing_to_turn_back(token_desk: TokenDesk) -> None:
    flow = {key: one for key, one in CLAIMS.items() if key != "reversal"} | {"measure": "pseudonymised"}
    token_desk.write(token_desk.schema, [flow, {**FIELDS[0], "do": "pseudonym"}])
    assert "has no tokens" in token_desk.reverse("tok-AAAAAA-" + "A" * 22).wrong


@pytest.mark.parametrize("harm", ["none", "changed", "held", "full", "of tomorrow"])
def test_without_a_record_no_value_is_shown(
    token_desk: TokenDesk, tokens: list[str], monkeypatch: pytest.MonkeyPatch, harm: str
) -> None:
    token_desk.grant()
    assert token_desk.reverse(tokens[0]).code == 0
    held = None
    if harm == "none":
        token_desk.record.unlink()
    if harm == "changed":
        token_desk.record.write_text(token_desk.record.read_text().replace("kari", "knut") * 2)
    if harm == "held":
        held = Record(token_desk.record)
    if harm == "full":
        monkeypatch.setattr(Record, "add", _full)
    if harm == "of tomorrow":
        line = {"at": shown(NOW + 24 * HOUR), "event": "x"}
        record = Record(token_desk.record)
        record.add(line)
        record.close()
    answer = token_desk.reverse(tokens[1])
    if held:
        held.close()
    assert (answer.code, answer.said) == (3, "")
    assert token_desk.record.name in answer.wrong or "clock" in answer.wrong


def _full(*_: Any) -> None:
    raise RecordError("the record reversals.jsonl cannot be written (No space left on device); make room")


def seen_before_shown(desk: TokenDesk, token: str, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Return whether the disk has the entry of a token by the time its value is printed."""
    write, known = sys.stdout.write, []

    def watching(text: str) -> int:
        known.append(token in desk.record.read_text() + _ahead(desk.record))
        return write(text)

    with monkeypatch.context() as patched:
        patched.setattr(sys.stdout, "write", watching)
        assert desk.reverse(token).code == 0
    return known == [True]


def _ahead(record: Path) -> str:
    return record.with_name(f"{record.name}.ahead").read_bytes().decode("latin-1")


def test_the_record_has_an_entry_before_its_value_is_shown(
    token_desk: TokenDesk, tokens: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    token_desk.grant()
    assert seen_before_shown(token_desk, tokens[0], monkeypatch)
    monkeypatch.setattr(Record, "add", lambda *_: None)
    assert not seen_before_shown(token_desk, tokens[1], monkeypatch), "the seeded bug of this family"


GOOD: Final[dict[str, Any]] = json.loads(as_text(terms()))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"most": 0}, "most: 0 is not 1 to 1000"),
        ({"most": 1001}, "most: 1001 is not"),
        ({"most": True}, "most: 'True' is not a whole number"),
        ({"minutes": 241}, "minutes: 241 is not 1 to 240"),
        ({"tokens": ["+4791122333"]}, "is no token"),
        ({"tokens": ["tok-AAAAAA-" + "B" * 22, "tok-AAAAAA-" + "A" * 22]}, "out of order"),
        ({"tokens": None}, "tokens: is no list"),
        ({"epoch": "W48"}, "is not an epoch"),
        ({"ticket": ""}, "is not a ticket"),
        ({"begins": "2026-01-01T00:00:00Z", "issued": "2026-01-02T00:00:00Z"}, "nothing is granted for the past"),
        ({"break_glass": True}, "no reversal has this field"),
    ],
)
def test_terms_that_nobody_may_sign_are_named(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(TermsError, match=words):
        made({**GOOD, **changes})


@pytest.mark.parametrize(
    "changes",
    [{"most": 1000}, {"minutes": 240}, {"minutes": 1}, {"tokens": ["tok-AAAAAA-" + "A" * 22]}, {"epoch": "2026-w48"}],
)
def test_terms_at_a_limit_are_good(changes: dict[str, Any]) -> None:
    assert made({**GOOD, **changes})


def test_kms_opens_a_vault_for_the_words_that_it_was_sealed_for(token_desk: TokenDesk, aws: LocalAws) -> None:
    del aws
    client: Any = boto3.client("kms", region_name="eu-west-1")
    one, another = (str(client.create_key()["KeyMetadata"]["Arn"]) for _ in range(2))
    way = ["--vault-kms", one, "--region", "eu-west-1"]
    answer = token_desk.run([{"user": "nora"}], epoch="w48", key=way)
    assert (answer.code, answer.wrong) == (0, "")
    token = answer.records[0]["user"]
    token_desk.grant()
    assert json.loads(token_desk.reverse(token, key=way).said)["value"] == "nora"
    wrong = token_desk.reverse(token, key=["--vault-kms", another, "--region", "eu-west-1"])
    assert (wrong.code, wrong.said) == (3, "")
    (kept,) = token_desk.vaults.iterdir()
    kept.rename(token_desk.vaults / kept.name.replace("w48", "w49"))
    token_desk.grant(epoch="w49", id="r-2")
    moved = token_desk.reverse(token, epoch="w49", grant="r-2", key=way)
    assert (moved.code, moved.said) == (3, "")


def test_an_hsm_seals_and_opens_a_vault(token_desk: TokenDesk, bench: Bench) -> None:
    bench.vault(writable=True).create()
    bench.close()
    way = ["--module", bench.library, "--token", LABEL, "--vault-key", bench.vault().label, "--pin-file", bench.pin]
    bench.close()
    answer = token_desk.run([{"user": "nora"}], epoch="w48", key=way)
    assert (answer.code, answer.wrong) == (0, "")
    token_desk.grant()
    answer = token_desk.reverse(answer.records[0]["user"], key=way)
    assert json.loads(answer.said)["value"] == "nora"
    bench.pin.unlink()
    assert token_desk.reverse("tok-AAAAAA-" + "A" * 22, key=way).code == 2
