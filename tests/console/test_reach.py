"""`enclave reach` prints a path, or why there is none, and never more than a page."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from enclave_policies.network import network as network_module
from enclave_policies.network.graph import Crowd, Graph
from enclave_policies.network.intent import TYPE as INTENT
from enclave_policies.network.path import Hop
from enclave_policies.network.path import Path as Hops
from enclave_policies.network.ports import EVERYTHING, PortSet

from components.declaration import load_declaration
from console.gate.errors import EngineError
from console.reach import commands as followed
from console.reach.asking import Asking, on_port
from console.reach.text import PAGE
from located_yaml import ProblemsError
from tests.console.states import exported
from tests.enclave_policies.network.aws.own_stack import registered

LOCAL = Path(__file__).parents[2] / "stacks" / "local.yaml"


@cache
def _text() -> str:
    return json.dumps(exported(registered(load_declaration(LOCAL), planned=False)))


@pytest.fixture
def state(tmp_path: Path) -> Path:
    file = tmp_path / "export.json"
    file.write_text(_text(), encoding="utf-8")
    return file


def reach(source: str, target: str, export: Path | None, *, json: bool = False, **more: Any) -> int:
    return followed.reach(Asking(source, target, **more), stack=None, export=export, json=json)


def test_a_path_is_printed_hop_by_hop_and_rule_by_rule(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert reach("person", "hamar/store", state) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if not line.startswith(" ")] == [
        "person -> hamar/ingress on tcp 443",
        "hamar/ingress -> hamar/gateway on tcp 443",
        "hamar/gateway -> hamar/app on tcp 8443",
        "hamar/app -> hamar/store on tcp 443",
    ]
    assert lines[1] == "    NetworkPolicy enclave-ingress/from-10.200.0.0-16-tcp-443, ingress rule 1"
    assert reach("dublin-1/store", "dublin-1/store", state) == 0


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("internet", "dublin-1/store"),
        ("person", "dublin-2/app"),
        ("dublin-1/store", "internet"),
        ("hamar/store", "dublin-2/app"),
    ],
)
def test_why_there_is_no_path_fits_on_a_page(
    source: str, target: str, state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert reach(source, target, state) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"no path from {source} to {target}"
    assert lines[1].startswith(f"  {source} reaches ")
    assert any(line.startswith(f"  {source}") and f" -> {target}: " in line for line in lines[2:])
    assert len(lines) <= PAGE + 3


def test_sites_without_a_link_are_told_apart(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert reach("dublin-1/ingress", "dublin-2/store", state) == 1
    assert "nothing leads from the one site to the other" in capsys.readouterr().out


def test_without_the_policy_that_closes_it_the_resolver_carries_questions_out(
    state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert reach("hamar/store", "internet", state) == 1
    document = json.loads(_text())
    deployment = document["deployment"]
    deployment["resources"] = [each for each in deployment["resources"] if not each["urn"].endswith("::hamar-resolver")]
    state.write_text(json.dumps(document), encoding="utf-8")
    capsys.readouterr()
    assert reach("hamar/store", "internet", state) == 0
    assert "hamar/(namespace kube-system, pods k8s-app=kube-dns) -> internet" in capsys.readouterr().out


def test_an_end_that_nobody_knows_is_named_with_the_nearest(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert reach("person", "hamar/stor", state) == 2
    assert "there is no hamar/stor; did you mean hamar/store" in capsys.readouterr().err


def test_without_a_state_or_with_two_it_says_what_to_give(capsys: pytest.CaptureFixture[str]) -> None:
    assert reach("person", "hamar/store", None) == 2
    assert "--export FILE" in capsys.readouterr().err


@pytest.mark.parametrize("part", [0, 1000])
def test_an_empty_or_cut_file_is_a_problem_with_its_place(part: int, state: Path) -> None:
    state.write_text(_text()[:part], encoding="utf-8")
    with pytest.raises(ProblemsError, match=r"export\.json:\d+:\d+: is (empty|not JSON)"):
        reach("person", "hamar/store", state)


def test_while_something_is_unknown_no_path_is_no_proof(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document = json.loads(_text())
    type_ = "kubernetes:cilium.io/v2:CiliumNetworkPolicy"
    body = {"apiVersion": "cilium.io/v2", "kind": "CiliumNetworkPolicy", "metadata": {"name": "x"}, "spec": {}}
    urn = f"urn:pulumi:test::enclave::{type_}::x"
    entry = {"urn": urn, "type": type_, "custom": True, "id": "x", "inputs": body, "outputs": body}
    document["deployment"]["resources"].append(entry)
    state.write_text(json.dumps(document), encoding="utf-8")
    assert reach("internet", "hamar/store", state) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "proves nothing" in shown.err
    assert "CiliumNetworkPolicy" in shown.err


def _without_intent(state: Path) -> None:
    """Leave a mandatory part of what is meant out, so that nobody knows which network is whose."""
    document = json.loads(_text())
    for entry in document["deployment"]["resources"]:
        if entry["type"] == INTENT:
            del entry["inputs"]["mustDeny"]
    state.write_text(json.dumps(document), encoding="utf-8")


def test_a_path_that_depends_on_what_is_not_known_is_no_answer_and_shows_its_conditions(
    state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _without_intent(state)
    assert reach("internet", "hamar/store", state) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "nobody can tell whether packets get from internet to hamar/store" in shown.err
    assert "it proves neither that they do nor that they do not" in " ".join(shown.err.split())
    assert "ingress rule 1 (if it names namespace default)" in shown.err
    assert "its mustDeny is missing" in shown.err


def test_what_gets_through_whatever_is_not_known_is_a_path(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _without_intent(state)
    assert reach("hamar/app", "hamar/store", state) == 0
    shown = capsys.readouterr()
    assert "hamar/app -> hamar/store on tcp 443" in shown.out
    assert "its mustDeny is missing" in shown.err


def test_where_nobody_says_whose_networks_are_peoples_no_path_of_theirs_is_no_proof(
    state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _without_intent(state)
    assert reach("person", "hamar/store", state) == 2
    assert "proves nothing" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("reasons", "certain"),
    [
        (("security group a ingress from b tcp 443", "route table c: 10.0.0.0/8 local"), True),
        (("security group a ingress from b tcp 443", "answers: undetermined: network ACL d"), False),
        (("NetworkPolicy a/b, egress rule 1 (if it selects them)",), False),
        (("no NetworkPolicy closes the ways out of namespace a for sure (perhaps NetworkPolicy a/b)",), False),
    ],
)
def test_a_hop_is_certain_where_no_rule_of_it_depends_on_what_is_not_known(
    reasons: tuple[str, ...], certain: bool
) -> None:
    assert Hop("a", "b", EVERYTHING, reasons).is_certain is certain


def test_a_longer_path_that_is_certain_goes_before_a_shorter_one_that_is_not() -> None:
    unsure, sure = ("NetworkPolicy a/b, egress rule 1 (if it selects them)",), ("NetworkPolicy a/c, egress rule 1",)
    hops = {
        "a": [Hop("a", "c", EVERYTHING, unsure), Hop("a", "b", EVERYTHING, sure)],
        "b": [Hop("b", "c", EVERYTHING, sure)],
    }
    graph = Graph(hops, lambda *_: ())
    assert (graph.path("a", "c") or Hops(())).is_certain is False
    assert [hop.target for hop in (graph.certain.path("a", "c") or Hops(())).hops] == ["b", "c"]


def test_a_doubt_that_counts_as_certain_is_noticed(
    state: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The seeded bug of paths that depend on something."""
    monkeypatch.setattr(Hop, "is_certain", True)
    with pytest.raises(AssertionError):
        test_a_path_that_depends_on_what_is_not_known_is_no_answer_and_shows_its_conditions(state, capsys)


def test_an_object_that_nobody_can_read_makes_no_path_no_proof(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document = json.loads(_text())
    type_ = "aws:ec2/managedPrefixList:ManagedPrefixList"
    entry = {"urn": f"urn:pulumi:test::enclave::{type_}::x", "type": type_, "custom": True, "id": "x"}
    document["deployment"]["resources"].append({**entry, "inputs": {"entries": 7}, "outputs": {"id": "x"}})
    state.write_text(json.dumps(document), encoding="utf-8")
    assert reach("internet", "dublin-1/store", state) == 2
    assert f"x ({type_}) cannot be read (entries)" in capsys.readouterr().err
    assert reach("person", "hamar/store", state) == 0


def test_a_network_that_cannot_be_worked_out_is_no_answer(
    state: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_given: object) -> object:
        raise TypeError("unhashable")

    monkeypatch.setattr(network_module, "AwsModel", breaks)
    assert reach("internet", "dublin-1/store", state) == 2
    assert "there is no answer: who reaches whom cannot be worked out (TypeError)" in capsys.readouterr().err


def test_a_stack_that_the_engine_cannot_read_is_no_answer(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(_stack: str) -> object:
        raise EngineError("the state of the stack 'x' cannot be read")

    monkeypatch.setattr(followed, "state_of", breaks)
    assert followed.reach(Asking("internet", "dublin-1/store"), stack="x", export=None) == 2
    assert "cannot be read" in capsys.readouterr().err


def test_a_search_that_finds_nothing_is_noticed(
    state: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The seeded bug of this family."""
    monkeypatch.setattr(Graph, "path", lambda *_: None)
    with pytest.raises(AssertionError):
        test_a_path_is_printed_hop_by_hop_and_rule_by_rule(state, capsys)


def test_without_a_sandbox_it_says_what_to_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ENCLAVE_SANDBOX", str(tmp_path))
    assert followed.reach(Asking("person", "hamar/store"), stack="local", export=None) == 2
    assert capsys.readouterr().err == f"No sandbox is running in {tmp_path}; start it with `make up`.\n"


def test_a_path_says_who_has_to_pass_it_on_and_a_single_hop_does_not(
    state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert reach("person", "hamar/store", state) == 0
    assert "stepping stones: hamar/ingress, hamar/gateway, hamar/app; somebody" in capsys.readouterr().out
    assert reach("hamar/app", "hamar/store", state) == 0
    assert "stepping" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("source", "target", "direct", "port", "code"),
    [
        ("person", "hamar/store", True, None, 1),
        ("person", "hamar/ingress", True, 443, 0),
        ("person", "hamar/ingress", True, 22, 1),
        ("hamar/app", "hamar/store", True, 5432, 0),
        ("hamar/app", "hamar/store", False, 5432, 0),
        ("hamar/app", "hamar/store", False, 22, 1),
        ("person", "hamar/store", False, 5432, 0),
        ("person", "hamar/store", False, 8443, 1),
        ("10.200.0.5", "hamar/store", False, None, 0),
        ("10.200.0.5", "hamar/store", True, None, 1),
        ("10.201.0.5", "hamar/store", False, None, 1),
        ("10.200.0.0/24", "hamar/ingress", True, 443, 0),
        ("10.201.0.0/24", "hamar/ingress", True, 443, 1),
        ("10.32.32.7", "10.32.48.9", True, 443, 0),
        ("192.0.2.7", "dublin-1/ingress", False, None, 1),
    ],
)
def test_an_address_a_port_and_a_single_hop_can_be_asked_for(
    *,
    source: str,
    target: str,
    direct: bool,
    port: int | None,
    code: int,
    state: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert reach(source, target, state, direct=direct, port=port, json=True) == code
    document = json.loads(capsys.readouterr().out)
    assert document["verdict"] == ("kept_out" if code else "reached")
    assert (document["direct"], document["port"]) == (direct, port)
    assert bool(document["path"]) is (code == 0)
    assert not (direct and document["stepping_stones"])


def test_an_address_of_a_segment_is_called_so(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert reach("10.32.32.7", "hamar/store", state) == 0
    assert "10.32.32.7 is an address of hamar/app" in capsys.readouterr().err


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.0/8", "0.0.0.0/0", "10.32.0.0/16"])
def test_an_address_that_is_no_single_end_is_no_answer(
    address: str, state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert reach(address, "hamar/store", state, json=True) == 2
    shown = capsys.readouterr()
    assert address in shown.err
    assert json.loads(shown.out)["problems"] == [shown.err.rstrip("\n")]


def test_while_nobody_says_whose_networks_are_whose_an_address_is_no_end(
    state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _without_intent(state)
    assert reach("10.200.0.5", "hamar/store", state) == 2
    assert "nobody can tell whose address 10.200.0.5 is" in capsys.readouterr().err


def test_a_port_is_asked_of_crowds_too() -> None:
    def met(source: str, target: str) -> list[Hop]:
        return [Hop(source, target, PortSet.of("tcp", (443, 443)), ())]

    graph = Graph({}, lambda *_: (), [Crowd(frozenset("ab"), frozenset("cd"), met)])
    assert on_port(graph, "c", 443).path("a", "c")
    assert on_port(graph, "c", 443).path("a", "d")
    assert on_port(graph, "c", 80).path("a", "c") is None


def test_a_port_that_nobody_asks_for_is_noticed(
    state: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The seeded bug of ports: every hop is one on the port."""
    monkeypatch.setattr("console.reach.asking.on_port", lambda graph, _target, _port: graph)
    with pytest.raises(AssertionError):
        test_an_address_a_port_and_a_single_hop_can_be_asked_for(
            source="hamar/app", target="hamar/store", direct=False, port=22, code=1, state=state, capsys=capsys
        )
