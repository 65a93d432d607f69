"""Just-in-time grants through the real Envoy and the real authorizer: a row that needs one lets nobody in without."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest

from hosts.gateway.bundle import POLICIES, SCHEMA
from hosts.gateway.decision import Decider, Question
from hosts.gateway.granted import GRANT_FILE, REVOCATION_FILE
from sandbox.gateways.client import Person
from tests.console.access.test_grants import Desk
from tests.gateways.test_decisions import records, served
from tests.hosts.gateway.granting import grant, revocation

if TYPE_CHECKING:
    from pathlib import Path

    from requests import Response

    from tests.gateways.bench import People

KARI = Person(purpose="repair")
GLASS: dict[str, Any] = {"break_glass": True, "minutes": 120}
_numbers = count(1)


def put(people: People, *signers: str, ago: int = 5, **changes: Any) -> str:
    """Put a grant that began some minutes ago into the gateway's folder; return its id."""
    name = f"t-{next(_numbers)}"
    begins = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=ago)
    times = {"issued": begins, "begins": begins, "id": name}
    (people.station.grants / f"{name}{GRANT_FILE}").write_bytes(grant(*signers, **{**times, **changes}))
    return name


def ask(people: People, name: str, person: Person = KARI) -> Response:
    """Ask for a record, naming a grant."""
    answer: Response = people.ask(person, headers={"enclave-grant": name})
    return answer


def refused(people: People, answer: Response, reason: str) -> bool:
    """Whether a request was refused for a reason that the answer and the record name."""
    told = (answer.status_code, answer.json().get("reason") if answer.status_code == 403 else "")
    last = records(people)[-1]
    return told == (403, reason) and (last["result"], last["reason"]) == ("deny", reason)


def test_without_a_grant_the_row_lets_nobody_in(people: People) -> None:
    before = served(people)
    assert refused(people, people.ask(KARI), "no-row")
    assert records(people)[-1]["grant"] is None
    assert served(people) == before


def test_with_a_grant_it_does_and_the_record_names_approver_and_ticket(people: People) -> None:
    name = put(people, "magnus")
    answer = ask(people, name)
    assert answer.status_code == 200, answer.text + people.station.said("authorizer")
    last = records(people)[-1]
    assert (last["result"], last["rows"]) == ("allow", ["row-5"])
    said = last["grant"]
    assert datetime.fromisoformat(said.pop("ends")) > datetime.now(UTC)
    assert said == {
        "id": name,
        "wrong": "",
        "requester": "kari",
        "approvers": ["magnus"],
        "ticket": "INC-7",
        "break_glass": False,
    }


@pytest.mark.parametrize(
    ("reason", "signers", "changes"),
    [
        ("grant-expired", ("magnus",), {"ago": 60, "minutes": 60}),
        ("grant-not-begun", ("magnus",), {"ago": -5}),
        ("grant-unsigned", (), {}),
        ("grant-self-approved", ("kari",), {}),
        ("grant-key-unknown", ("olga",), {}),
        ("grant-malformed", ("magnus",), {"minutes": 241}),
        ("grant-one-approver", ("magnus",), GLASS),
        ("grant-other-person", ("magnus",), {"requester": "ola"}),
        ("grant-other-site", ("magnus",), {"sites": ("dublin-1",)}),
        ("grant-other-purpose", ("magnus",), {"purpose": "statistics"}),
    ],
)
def test_a_grant_that_does_not_count_gives_its_reason(
    people: People, reason: str, signers: tuple[str, ...], changes: dict[str, Any]
) -> None:
    before = served(people)
    assert refused(people, ask(people, put(people, *signers, **changes)), reason)
    assert served(people) == before


def test_a_revocation_counts_at_the_next_request(people: People) -> None:
    name = put(people, "magnus")
    assert ask(people, name).status_code == 200
    (people.station.grants / f"{name}{REVOCATION_FILE}").write_bytes(revocation("siobhan", name=name))
    assert refused(people, ask(people, name), "grant-revoked")


def test_a_wrong_grant_takes_nothing_away_from_who_needs_none(people: People) -> None:
    name = put(people, "magnus", ago=100, purpose="support")
    assert ask(people, name, Person()).status_code == 200
    last = records(people)[-1]
    assert (last["grant"]["wrong"], last["reason"]) == ("grant-expired", "")
    assert refused(people, ask(people, name, Person(country="IE")), "location-disagrees")


def test_a_grant_does_not_open_what_no_row_names(people: People) -> None:
    name = put(people, "magnus", requester="kari")
    assert refused(people, ask(people, name, Person(employer="northern", purpose="repair")), "no-row")
    assert refused(people, ask(people, name, Person(country="CN", purpose="repair")), "location-disagrees")


def test_the_data_never_sees_the_grant(people: People) -> None:
    ask(people, put(people, "magnus"))
    lines = (people.station.folder / "tls" / "served.log").read_text(encoding="utf-8").splitlines()
    assert "enclave-grant" not in json.loads(lines[-1])["headers"]


def test_break_glass_by_two_lets_in_and_leaves_an_alert(people: People) -> None:
    name = put(people, "magnus", "siobhan", **GLASS)
    answer = ask(people, name)
    assert answer.status_code == 200, answer.text
    alert = json.loads(people.station.alerts.read_text(encoding="utf-8").splitlines()[-1])
    assert (alert["kind"], alert["person"], alert["class"]) == ("break-glass", "kari", "restricted")
    assert (alert["grant"]["id"], alert["grant"]["approvers"]) == (name, ["magnus", "siobhan"])
    assert alert["request"] == records(people)[-1]["request"]


def test_what_the_commands_write_opens_the_gateway_and_closes_it(
    people: People, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    desk = Desk(tmp_path, monkeypatch, capsys)

    def carried(name: str, who: str, what: str) -> int:
        assert desk.signed(what, name, who)[0] == 0
        for file in desk.grants.iterdir():
            shutil.copy(file, people.station.grants)
        status: int = ask(people, name).status_code
        return status

    name = desk.asked()
    assert carried(name, "magnus", "approve") == 200
    assert carried(name, "magnus", "revoke") == 403


def test_a_row_without_its_needs_would_be_noticed(people: People) -> None:
    """The seeded bug of this family: the gateway's policies, with a need taken out, let somebody in without."""
    folder = people.station.folder / "bundle"
    policies = (folder / POLICIES).read_text(encoding="utf-8")
    schema = (folder / SCHEMA).read_text(encoding="utf-8")
    question = Question("kari", "NO", "fjord", "NO", "restricted", "repair")
    spoiled = policies
    for need in ("context.grant.ticket", "context.grant.approvers >= 1", "context.grant.minutes >= 1"):
        assert not Decider(spoiled, schema, {"row-5": "allow"}).answer(question).passes
        spoiled = spoiled.replace(need, "true")
    assert Decider(spoiled, schema, {"row-5": "allow"}).answer(question).passes
