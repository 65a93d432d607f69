"""Whatever gets worse between two records is told as such, and nothing is told of two that are equal."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import pytest

from evidence.comparison.change import KINDS
from evidence.comparison.common import rechecked
from evidence.comparison.comparing import compared
from evidence.comparison.grounds import DECLARED
from evidence.record.files import read, written
from evidence.record.model import Enclave, Record
from tests.evidence.bundles import settled, small

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

GOOD: Final = "urn:pulumi:small::enclave::aws:s3/bucket:Bucket::good"
WAVE: Final = {
    "name": "w3",
    "source": "us-exit",
    "target": "hamar",
    "classes": ["restricted"],
    "delete_by": "2027-03-31",
    "days": 122,
    "readers": "us-exit",
}
ENTITY: Final = {"name": "harbour", "country": "IE", "controlled_from": "IE"}
COMPARED: Final = {
    Record: {"tools", "inputs", "packs", "rules", "profiles", "resources", "findings", "not_checked", "exceptions"},
    Enclave: DECLARED
    | {"countries", "sites", "flows", "network", "decisions", "approvals", "keys", "inspector", "transfers", "waves"}
    | {"transitions", "replicas", "gates"},
}
APART: Final = {Record: {"record_version", "tool", "run", "summary", "enclave"}, Enclave: set[str]()}
"""What tells which run it was, or counts what is compared, or has fields of its own."""
REPLICA: Final = {
    "name": "people",
    "source": "dublin-1",
    "target": "hamar",
    "classes": ["restricted"],
    "buckets": 1,
    "every_minutes": 15,
    "lag_minutes": 60,
    "order": ["dublin-1", "hamar"],
}
WAIVER: Final = {
    "id": "ex-2",
    "rules": ["SEG-003"],
    "owner": "kari",
    "approver": "magnus",
    "reason": "a test",
    "ticket": "T-2",
    "granted": "2026-11-01",
    "expires": "2027-06-30",
    "days": 213,
    "used": False,
}

APPROVED: Final = {"until": "2027-03-31", "approver": "aoife", "reason": "the move home", "source": "plan 3"}
EXTENDED: Final = {**APPROVED, "until": "2027-09-30", "approved": "2027-03-01", "reason": "late"}
BASIS: Final[dict[str, Any]] = {
    "id": "us-exit-people",
    "site": "us-exit",
    "account": "111122223333",
    "region": "us-east-1",
    "country": "US",
    "wave": "home",
    "classes": ["restricted"],
    "regimes": ["eu"],
    "basis": "the move home",
    "owner": "kari",
    "starts": "2026-06-01",
    "last_day": "2027-03-31",
    "days": 121,
    "in_force": True,
    "history": [APPROVED],
}


def changed(change: Callable[[dict[str, Any]], Any], record: Record | None = None) -> Record:
    """Return a record with a change in its JSON form."""
    plain = json.loads(written(record or small()))
    change(plain)
    return read(written(settled(Record.model_validate(plain))), "the changed record")


def _found(plain: dict[str, Any], verdict: str) -> None:
    """Let a resource that passed have a finding."""
    finding = {**plain["findings"][0], "resource": 0, "verdict": verdict, "fingerprint": "a" * 64}
    if verdict == "waived":
        finding["waiver"] = {name: WAIVER[name] for name in ("id", "owner", "approver", "granted", "expires")}
    plain["findings"].append(finding)


def _silent(plain: dict[str, Any]) -> None:
    plain["resources"][0]["unchecked"] = [{"rule": "JUR-001", "reason": "the rule did not run"}]


def _foretold(plain: dict[str, Any]) -> None:
    plain["run"]["phase"] = "foretold"
    plain["resources"], plain["profiles"] = [], []
    plain["findings"] = [one for one in plain["findings"] if "resource" not in one]


def _held(plain: dict[str, Any]) -> None:
    plain["enclave"]["network"]["promises"][0]["holds"] = True


KEYS_OF_HAMAR = "check keys of hamar"


def _gate(**other: Any) -> Callable[[dict[str, Any]], None]:
    told = {"site": "hamar", "check": "keys", "asks": "a ceremony", "by": "accepter", "file": "keys.json"}
    gate = {**told, "sha256": "c" * 64, "key": "k", "who": "site-manager", "day": "2026-11-01", **other}
    return lambda plain: plain["enclave"].update(gates=[gate])


def _approved(plain: dict[str, Any]) -> None:
    given = {"file": "a.json", "sha256": "c" * 64, "key": "k", "last_day": "2027-06-30"}
    plain["enclave"]["approvals"][0] |= given


def _transfer(rule: str | None) -> dict[str, Any]:
    return {
        "who": "harbour",
        "what": "row 1",
        "movement": "remote_access",
        "source": "dublin-1/gateway",
        "source_country": "IE",
        "target": "people of harbour in US",
        "target_country": "US",
        "grounds": [{"regime": "eu", "rule": rule}],
    }


def _both(*changes: Callable[[dict[str, Any]], Any]) -> Callable[[dict[str, Any]], None]:
    def change(plain: dict[str, Any]) -> None:
        for each in changes:
            each(plain)

    return change


# what: (what was changed before, what was changed after, the kind, what is named)
CASES: Final[Mapping[str, tuple[Callable[[dict[str, Any]], Any], Callable[[dict[str, Any]], Any], str, str]]] = {
    "a refusal": (lambda _: None, lambda one: _found(one, "fail"), "red", GOOD),
    "a doubt": (lambda _: None, lambda one: _found(one, "undetermined"), "undetermined", GOOD),
    "an exception that is used": (lambda _: None, lambda one: _found(one, "waived"), "waived", GOOD),
    "something that is soon refused": (lambda _: None, lambda one: _found(one, "warned"), "warned", GOOD),
    "silence": (lambda _: None, _silent, "unchecked", GOOD),
    "a rule that is asked no more": (
        lambda _: None,
        lambda one: (one["resources"][3].update(asked=0), one["findings"].pop(2)),
        "unchecked",
        "urn:pulumi:small::enclave::enclave:index:NetworkIntent::network",
    ),
    "a plan that was never made": (lambda _: None, _foretold, "unchecked", "every resource"),
    "a fact that nobody checked": (
        lambda one: one["not_checked"].pop(),
        lambda _: None,
        "unchecked",
        "adequacy decision us-dpf",
    ),
    "a second refusal of the same rule": (
        lambda _: None,
        lambda one: one["findings"].append({**one["findings"][0], "fingerprint": "b" * 64}),
        "red",
        "urn:pulumi:small::enclave::aws:s3/bucket:Bucket::abroad",
    ),
    "a refusal of the declaration": (lambda one: one["findings"].pop(), lambda _: None, "red", "the declaration"),
    "a broken promise": (_held, lambda _: None, "promise", "must_deny internet -> dublin-1/store on everything"),
    "a promise that is gone": (
        lambda _: None,
        lambda one: one["enclave"]["network"].pop("promises"),
        "promise",
        "must_deny internet -> dublin-1/store on everything",
    ),
    "a promise that nobody can tell of": (
        _held,
        lambda one: one["enclave"]["network"]["promises"][0].update(holds=None),
        "promise",
        "must_deny internet -> dublin-1/store on everything",
    ),
    "a table without a proof": (
        lambda _: None,
        lambda one: one["enclave"]["decisions"]["tables"][0].update(proved=False, wrong="breaks located-in-china"),
        "proof",
        "employees of dublin-1",
    ),
    "a never that is gone": (
        lambda _: None,
        lambda one: one["enclave"]["decisions"].pop("never"),
        "never",
        "located-in-china",
    ),
    "an approval that is gone": (_approved, lambda _: None, "approval", "employees of dublin-1"),
    "a gate that is open again": (_gate(), _gate(file=None, why_not="nobody has signed it"), "approval", KEYS_OF_HAMAR),
    "an approval that ends": (
        _approved,
        _both(_approved, lambda one: one["enclave"]["approvals"][0].update(ends_soon=True)),
        "expiry",
        "employees of dublin-1",
    ),
    "an inspector who is gone": (
        lambda _: None,
        lambda one: one["enclave"].pop("inspector"),
        "inspector",
        "the inspector",
    ),
    "an exception that ran out": (lambda _: None, lambda one: one["exceptions"][0].update(days=-1), "ended", "ex-1"),
    "an exception more": (lambda _: None, lambda one: one["exceptions"].append(WAIVER), "exception", "ex-2"),
    "an exception that ends": (lambda _: None, lambda one: one["exceptions"][0].update(days=40), "expiry", "ex-1"),
    "a flow without a basis": (
        lambda _: None,
        lambda one: one["enclave"]["flows"][0].update(lawful=False, basis_words="no basis of the law covers it"),
        "basis",
        "link a: dublin-1/store -> hamar/store",
    ),
    "a transfer without a basis": (
        lambda one: one["enclave"].update(transfers=[_transfer("inside")]),
        lambda one: one["enclave"].update(transfers=[_transfer(None)]),
        "basis",
        "harbour, row 1: dublin-1/gateway -> people of harbour in US",
    ),
    "a basis that ends": (
        lambda _: None,
        lambda one: one["enclave"]["flows"][0].update(days=40),
        "expiry",
        "link a: dublin-1/store -> hamar/store",
    ),
    "another basis": (
        lambda _: None,
        lambda one: one["enclave"]["flows"][0].update(basis_words="rule other"),
        "flow",
        "link a: dublin-1/store -> hamar/store",
    ),
    "other words": (
        lambda _: None,
        lambda one: one["findings"][0].update(message="JUR-001 region: in other words"),
        "said",
        "urn:pulumi:small::enclave::aws:s3/bucket:Bucket::abroad",
    ),
    "another law": (lambda _: None, lambda one: one["inputs"][0].update(sha256="d" * 64), "law", "what was read"),
    "another pack": (lambda _: None, lambda one: one["packs"][0].update(rules=3), "law", "packs"),
    "another engine": (lambda _: None, lambda one: one["tools"][1].update(version="4"), "tool", "tools"),
    "a site that moved": (
        lambda _: None,
        lambda one: one["enclave"]["sites"][0].update(country="FR"),
        "site",
        "site dublin-1",
    ),
    "another company": (
        lambda one: one["enclave"].update(entities=[ENTITY]),
        lambda one: one["enclave"].update(entities=[{**ENTITY, "controlled_from": "CN"}]),
        "site",
        "the declaration",
    ),
    "a resource that moved": (
        lambda _: None,
        lambda one: one["resources"][0]["place"].update(words="eu-central-1 (Frankfurt, Germany, DE)"),
        "place",
        GOOD,
    ),
    "a resource more": (
        lambda _: None,
        lambda one: one["resources"].append({**one["resources"][0], "urn": f"{GOOD}-2"}),
        "added",
        f"{GOOD}-2",
    ),
    "a resource less": (
        lambda one: one["resources"].append({**one["resources"][0], "urn": f"{GOOD}-2"}),
        lambda _: None,
        "removed",
        f"{GOOD}-2",
    ),
    "a step that nobody judges": (lambda one: one["not_checked"].pop(0), lambda _: None, "step", f"{GOOD[:-4]}gone"),
    "a way more": (
        lambda one: one["enclave"]["network"].pop("ways"),
        lambda _: None,
        "way",
        "permitted ways",
    ),
    "another table": (
        lambda _: None,
        lambda one: one["enclave"]["decisions"]["rows"][0].update(countries=["US"]),
        "table",
        "rows",
    ),
    "another approval": (
        _approved,
        _both(_approved, lambda one: one["enclave"]["approvals"][0].update(last_day="2027-12-31")),
        "signed",
        "employees of dublin-1",
    ),
    "another acceptance": (_gate(), _gate(day="2026-11-02", sha256="d" * 64), "signed", KEYS_OF_HAMAR),
    "a gate that was accepted": (_gate(file=None, why_not="nobody has signed it"), _gate(), "mended", KEYS_OF_HAMAR),
    "another administrator": (
        lambda _: None,
        lambda one: one["enclave"]["keys"][0]["administrators"].append("somebody"),
        "key",
        "key store",
    ),
    "a basis that was extended": (
        lambda one: one["enclave"].update(transitions=[BASIS]),
        lambda one: one["enclave"].update(
            transitions=[{**BASIS, "last_day": "2027-09-30", "history": [*BASIS["history"], EXTENDED]}]
        ),
        "abroad",
        "us-exit-people",
    ),
    "a basis that ends soon": (
        lambda one: one["enclave"].update(transitions=[BASIS]),
        lambda one: one["enclave"].update(transitions=[{**BASIS, "days": 29}]),
        "expiry",
        "us-exit-people",
    ),
    "a basis that nobody needs any more": (
        lambda one: one["enclave"].update(transitions=[BASIS]),
        lambda _: None,
        "mended",
        "basis us-exit-people of a site abroad",
    ),
    "a wave that went on": (
        lambda one: one["enclave"].update(waves=[WAVE]),
        lambda one: one["enclave"].update(waves=[{**WAVE, "stage": "purged", "left": 0}]),
        "wave",
        "wave w3",
    ),
    "a replica that may be older": (
        lambda one: one["enclave"].update(replicas=[REPLICA]),
        lambda one: one["enclave"].update(replicas=[{**REPLICA, "lag_minutes": 600}]),
        "replica",
        "replica people",
    ),
    "another inspector": (
        lambda _: None,
        lambda one: one["enclave"]["inspector"].update(entity="Another AS"),
        "watcher",
        "the inspector",
    ),
    "something mended": (lambda one: _found(one, "fail"), lambda _: None, "mended", GOOD),
}


@pytest.mark.parametrize("case", CASES)
def test_each_difference_is_told_by_its_kind(case: str) -> None:
    before, after, kind, what = CASES[case]
    found = compared(changed(before), changed(after))
    assert [(one.kind, one.what) for one in found if (one.kind, one.what) == (kind, what)], found
    assert found[0].kind == kind or KINDS[kind].grade != "worse"


@pytest.mark.parametrize("part", COMPARED, ids=lambda part: part.__name__)
def test_a_new_field_is_compared_or_set_apart(part: type[Record | Enclave]) -> None:
    assert COMPARED[part] | APART[part] == part.model_fields.keys()


def test_what_an_older_record_does_not_say_is_no_difference() -> None:
    newer = changed(lambda one: one["enclave"].update(entities=[ENTITY], purposes=["support"]))
    assert compared(small(), newer) == ()


def test_there_is_a_case_for_every_kind() -> None:
    assert {kind for _, _, kind, _ in CASES.values()} == set(KINDS)


@pytest.mark.parametrize("case", CASES)
def test_a_record_does_not_differ_from_itself(case: str) -> None:
    for change in CASES[case][:2]:
        assert compared(changed(change), changed(change)) == ()


def test_the_gravest_comes_first() -> None:
    def several(one: dict[str, Any]) -> None:
        one["tools"].pop()
        one["exceptions"].append(WAIVER)
        _found(one, "fail")

    assert [one.grade for one in compared(small(), changed(several))] == ["worse", "worse", "changed"]


def test_an_end_that_is_far_away_is_not_worse_for_being_nearer() -> None:
    far = changed(lambda one: one["enclave"]["flows"][0].update(days=400, expires="2028-01-03"))
    nearer = changed(lambda one: one["enclave"]["flows"][0].update(days=300, expires="2028-01-03"))
    assert compared(far, nearer) == ()


def test_what_a_plan_would_change_is_no_difference_to_a_state() -> None:
    """The plan creates `abroad`, and reads `read`; the state has neither answer."""
    state = changed(_both(lambda one: one["run"].update(phase="state"), _without_the_second))
    found = rechecked(small(), state)
    assert found.differences == ()
    assert found.left_out[0] == "2 resources that the plan would change"
    done = changed(lambda one: one["run"].update(phase="done"))
    assert [one.kind for one in rechecked(done, state).differences] == ["removed"]


def _without_the_second(plain: dict[str, Any]) -> None:
    """Take the second resource away with its findings; those behind it are numbered anew."""
    plain["resources"].pop(1)
    plain["findings"] = [one for one in plain["findings"] if one.get("resource") != 1]
    for one in plain["findings"]:
        if one.get("resource", 0) > 1:
            one["resource"] -= 1


def test_a_comparison_that_looks_at_resources_only_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The seeded bug of this family."""
    monkeypatch.setattr("evidence.comparison.answers._cells", lambda _old, _new: iter(()))
    before, after, kind, what = CASES["a refusal"]
    assert (kind, what) not in [(one.kind, one.what) for one in compared(changed(before), changed(after))]
