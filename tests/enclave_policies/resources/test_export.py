"""An exported state is read as the engine reads it for a pack; what it refuses is refused, and never as a traceback."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from enclave_policies.resources.export import Export, export_of, read_export
from enclave_policies.resources.export_entries import FIELDS
from enclave_policies.resources.exported_values import LocalFile
from enclave_policies.resources.resource import UNKNOWN, Provider
from hypothesis import given
from hypothesis import strategies as st

from located_yaml import ProblemsError
from tests.corpus_cases import as_export, as_resources, load_cases
from tests.enclave_policies import exports
from tests.enclave_policies.exports import ABROAD, PREFIX, PROVIDER, STACK, bucket, export, in_dublin

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def read(document: Any) -> Export:
    return export_of(json.dumps(document).encode(), "export.json")


def inputs_of(inputs: Any) -> Any:
    return read(export(bucket(inputs=inputs))).resources[-1].props


READ: dict[str, Any] = {
    "plain": in_dublin(),
    "secret": in_dublin(),
    "secret-abroad": {"region": "us-east-1"},
    "secret-in-a-secret": in_dublin(a={"x": [ABROAD]}),
    "encrypted-region": {"region": UNKNOWN},
    "encrypted-elsewhere": in_dublin(password=UNKNOWN),
    "unknown-text": {"region": UNKNOWN},
    "unknown-list": {"region": UNKNOWN},
    "unreadable": {"region": UNKNOWN},
    "asset-by-uri": in_dublin(source={"uri": "https://files.example.net/x"}),
    "asset-by-text": in_dublin(source={"text": f"send to {ABROAD}"}),
    "asset-by-path": in_dublin(source=LocalFile("us-east-1")),
    "archive-by-uri": in_dublin(code={"uri": "https://files.example.net/x.zip"}),
    "archive-by-path": in_dublin(code=LocalFile("./app")),
    "archive-of-nothing": in_dublin(code={"assets": {}}),
    "reference-to-a-component": in_dublin(destArn=PROVIDER),
    "reference-by-id": in_dublin(destArn=ABROAD),
    "reference-of-an-old-engine": in_dublin(destArn=ABROAD),
    "bytes": {"region": "us-east-1"},
    "number": in_dublin(size=1),
    "own-account-as-a-number": in_dublin(accountId=111122223333),
    "own-key-of-the-engine": in_dublin(),
    "own-key-below": in_dublin(a={"__defaults": [ABROAD]}),
    "half-a-letter": {"region": "us-east-1\ufffd"},
    "nothing": {"region": "eu-west-1"},
}


@pytest.mark.parametrize("name", READ)
def test_a_value_is_read_as_a_pack_sees_it(name: str) -> None:
    assert inputs_of(exports.INPUTS[name]) == READ[name]


def test_an_archive_shows_what_each_of_its_members_is() -> None:
    members = {"a": exports.asset(uri="https://files.example.net/x"), "b": exports.archive(path="./lib")}
    shown = {"a": {"uri": "https://files.example.net/x"}, "b": LocalFile("./lib")}
    assert inputs_of({"code": exports.archive(assets=members)}) == {"code": {"assets": shown}}


def test_a_secret_is_unwrapped_in_outputs_and_provider_inputs_too() -> None:
    document = export(bucket(outputs={"arn": exports.secret(ABROAD), "__meta": "x"}))
    document["deployment"]["resources"][1]["inputs"] = {"region": exports.secret("us-east-1"), "__internal": {}}
    resource = read(document).resources[-1]
    assert resource.outputs == {"id": "store", "arn": ABROAD}
    assert resource.provider == Provider(PROVIDER, "pulumi:providers:aws", "dublin-1", {"region": "us-east-1"})


def test_a_hidden_sentinel_is_unknown_all_the_same() -> None:
    text = exports.with_region('"\\u005bsecret\\u005d"')
    assert export_of(text.encode(), "x").resources[-1].props == {"region": UNKNOWN}


def test_encrypted_secrets_are_counted() -> None:
    assert read(export(bucket(inputs={"a": exports.ENCRYPTED, "b": [exports.ENCRYPTED]}))).encrypted == 2


def test_a_resource_is_named_typed_and_placed_as_in_the_state() -> None:
    resource = read(export(bucket("a::b", outputs={"arn": "x"}))).resources[-1]
    assert (resource.name, resource.type, resource.parent) == ("a::b", exports.BUCKET, STACK)
    assert resource.custom is None  # the engine does not tell a pack
    assert resource.outputs == {"id": resource.outputs["id"], "arn": "x"}, (
        "official plugins repeat the id, others do not"
    )


@pytest.mark.parametrize(
    "reference", ["", "torn", f"{PREFIX}pulumi:providers:aws::other::p", f"{PREFIX}{exports.BUCKET}::store::store"]
)
def test_a_provider_that_the_state_does_not_hold_is_none(reference: str) -> None:
    assert read(export(bucket(provider=reference))).resources[-1].provider is None


def test_pending_deletions_are_read_beside_what_replaces_them() -> None:
    document = export(bucket(inputs={"region": "us-east-1"}, delete=True), bucket())
    found = read(document)
    urn = f"{PREFIX}{exports.BUCKET}::store"
    assert [(one.urn, one.what) for one in found.unfinished] == [(f"{urn} (awaits deletion)", "awaits deletion")]
    assert {one.urn: one.props["region"] for one in found.resources[2:]} == {
        urn: "eu-west-1",
        f"{urn} (awaits deletion)": "us-east-1",
    }
    assert {one.state_urn or one.urn for one in found.resources[2:]} == {urn}


def operations(*broken_off: dict[str, Any], kind: object = "updating") -> list[dict[str, Any]]:
    return [{"resource": entry, "type": kind} for entry in broken_off]


def test_no_two_resources_share_a_urn_whatever_was_left_unfinished() -> None:
    old = bucket(delete=True)
    found = read(export(old, old, bucket(), pending_operations=operations(bucket(inputs={}), bucket(inputs={"a": 1}))))
    urns = [one.urn for one in found.resources]
    assert len(urns) == len(set(urns)) == 7
    assert {one.urn for one in found.unfinished} < set(urns)


def test_an_operation_on_a_resource_as_it_stands_marks_it_and_adds_none() -> None:
    found = read(export(bucket(), pending_operations=operations(bucket(), kind="deleting")))
    assert len(found.resources) == 3
    assert [one.what for one in found.unfinished] == ["was being deleted"]


def test_a_provider_is_found_by_its_urn_and_its_id() -> None:
    old = {"urn": PROVIDER, "custom": True, "id": "old", "type": "pulumi:providers:aws", "delete": True}
    document = export(bucket(provider=f"{PROVIDER}::old", delete=True), bucket("new"))
    document["deployment"]["resources"].insert(1, {**old, "inputs": {"region": "us-east-1"}})
    regions = {one.name: one.provider and one.provider.props["region"] for one in read(document).resources[3:]}
    assert regions == {"store": "us-east-1", "new": "eu-west-1"}


@pytest.mark.parametrize(
    "reference", ["torn", f"{PREFIX}pulumi:providers:aws::other::p", f"{PROVIDER}::other", f"{PROVIDER}::"]
)
def test_a_provider_that_the_state_does_not_hold_leaves_the_resource_untold(reference: str) -> None:
    assert "does not hold" in read(export(bucket(provider=reference))).resources[-1].untold
    assert not read(export(bucket())).resources[-1].untold


@pytest.mark.parametrize("name", exports.BROKEN)
def test_what_the_engine_would_not_work_with_is_refused(name: str) -> None:
    with pytest.raises(ProblemsError, match=r"^export\.json:\d+:\d+: ") as refused:
        read(exports.BROKEN[name])
    assert "`pulumi state repair`" in str(refused.value)


@pytest.mark.parametrize("name", exports.WHOLE)
def test_what_the_engine_works_with_is_read(name: str) -> None:
    assert read(exports.WHOLE[name]).resources


def test_all_broken_links_are_told_at_once_up_to_a_page() -> None:
    with pytest.raises(ProblemsError) as refused:
        read(export(*(bucket(f"b{number}", parent=f"{PREFIX}my:mod:Comp::gone") for number in range(1000))))
    assert len(refused.value.problems) == 20
    assert "(1000 problems of this kind, 20 are shown)" in str(refused.value)


@pytest.mark.parametrize(
    "pending",
    [
        {},
        "x",
        7,
        [7],
        [{}],
        [{"type": "creating"}],
        [{"resource": bucket()}],
        [{"resource": bucket(), "type": 7}],
        [{"resource": {**bucket(), "urn": ""}, "type": "creating"}],
        [{"resource": [], "type": "creating"}],
    ],
)
def test_malformed_operations_are_refused(pending: Any) -> None:
    with pytest.raises(ProblemsError):
        read(export(bucket(), pending_operations=pending))


PYTHON = re.compile(r"\b(NoneType|None|True|False|str|int|float|dict|bool)\b")


@pytest.mark.parametrize("value", [None, 7, 1.5, "x", True, [], {}, [None], 10**400])
@pytest.mark.parametrize(
    "way",
    ["", "version", "features", "deployment", "deployment.resources", "deployment.pending_operations"]
    + [f"deployment.resources.2{name and '.'}{name}" for name in ("", *FIELDS)],
)
def test_no_value_at_any_place_is_told_of_in_words_of_python(way: str, value: Any) -> None:
    document = put_at(export(bucket()), [part for part in way.split(".") if part], value)
    assert not PYTHON.search(told_of(document))


def told_of(document: Any) -> str:
    try:
        read(document)
    except ProblemsError as refused:
        return str(refused)
    return ""


def put_at(document: Any, way: list[str], value: Any) -> Any:
    if not way:
        return value
    if isinstance(document, dict):
        return {**document, way[0]: put_at(document.get(way[0]), way[1:], value)}
    return [put_at(item, way[1:], value) if index == int(way[0]) else item for index, item in enumerate(document or [])]


def test_everything_that_is_wrong_with_resources_is_told_at_once() -> None:
    wrong: list[Any] = [bucket("a", delete=1), bucket("b", inputs=[]), 7, bucket("c", type=None)]
    with pytest.raises(ProblemsError) as refused:
        read(export(*wrong, bucket("fine"), pending_operations=[7]))
    told = str(refused.value)
    assert len(refused.value.problems) == 5
    assert all(words in told for words in ("'delete'", "'inputs'", "that is a number", "'type'", "pending operation"))


@pytest.mark.parametrize("type_", ["aws:sns/topic:Topic", "aws:s3/bucket:bucket", "x"])
def test_a_type_that_is_not_the_urns_is_refused(type_: str) -> None:
    with pytest.raises(ProblemsError, match="is not the one in its URN"):
        read(export(bucket(type=type_)))
    below = f"{PREFIX}my:mod:Comp$my:mod:Comp${exports.BUCKET}::store"
    assert read(export(bucket(urn=below))).resources[-1].type == exports.BUCKET


@pytest.mark.parametrize(("external", "only_read"), [(True, True), (False, False), (None, False)])
def test_only_what_somebody_else_manages_is_only_read(external: bool | None, only_read: bool) -> None:
    found = read(export(bucket(inputs={}, outputs={"bucket": "store"}, external=external))).resources[-1]
    assert found.only_read is only_read
    assert replace(found, external=None).only_read  # a judge that is not told goes by what there is
    assert not read(export(bucket(outputs={"bucket": "store"}, external=True))).resources[-1].only_read


@pytest.mark.parametrize("features", [7, "hooks", {"a": 1}, [7], [["hooks"]], True])
def test_features_that_are_no_list_of_names_are_refused(features: Any) -> None:
    with pytest.raises(ProblemsError, match="has features that are no list of names"):
        read({**export(bucket()), "version": 4, "features": features})


def test_an_entry_in_another_spelling_counts_as_the_engine_counts_it() -> None:
    found = read(export(exports.RESOURCES["field-in-another-spelling"]))
    assert found.resources[-1].props == {"region": "us-east-1"}


def test_the_corpus_comes_back_as_it_is_written() -> None:
    cases = load_cases()
    found = [replace(one, outputs=_without_id(one.outputs), external=None) for one in read(as_export(*cases)).resources]
    assert found == [replace(one, outputs=_without_id(one.outputs)) for one in as_resources(*cases)]


def _without_id(outputs: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in outputs.items() if name != "id"}


@pytest.mark.parametrize("name", [*exports.MALFORMED, *exports.AMBIGUOUS])
def test_what_nobody_should_have_to_interpret_is_refused_with_file_and_line(name: str) -> None:
    text = (exports.MALFORMED | exports.AMBIGUOUS)[name]
    with pytest.raises(ProblemsError, match=r"^export\.json:\d+:\d+: ") as refused:
        export_of(text.encode("utf-8", "surrogatepass"), "export.json")
    assert "stack export`" in str(refused.value) or "upgrade" in str(refused.value)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ('{\n"version": 7,\n"note": "",\n"deployment": {}}', 1, "is an export of version 7"),
        ('{"version": 3, "deployment": {\n"resources": 7}}', 2, "has resources that are a number and no list"),
        ('{"version": 3,\n"deployment": 7}', 2, "has a deployment that is a number and no table"),
        ('{"Resources": []}', 1, 'holds no deployment; a bare deployment belongs into {"version": 3, '),
        ('{"CHECKPOINT": {}}', 1, 'holds no deployment; a bare deployment belongs into {"version": 3, '),
        ('{"Version": 4, "Features": ["zz"], "Deployment": {}}', 1, "needs what this reader does not know: zz"),
        ('{"version": 3, "Version": 3, "deployment": {}}', 1, "holds one field in two spellings (version)"),
        ('{"Version": 3, "VERSION": 3, "deployment": {}}', 1, "holds one field in two spellings (letter case)"),
        ('{"version": 3,\n"a": 1,\n"a": 2}', 2, "holds the key 'a' twice in one object"),
        ('{"version": 3,\n"deployment": 1e999}', 1, "holds the number 1e999, which is too large"),
        (json.dumps(export(bucket(inputs=[])), indent=1), 31, "whose 'inputs' is a list instead of a table"),
        (
            json.dumps(export(bucket(inputs={"a": exports.ENCRYPTED}), secrets_providers=None), indent=1),
            33,
            "holds encrypted secrets and does not say by whom",
        ),
        (exports.MALFORMED["a secret without content"], 1, "holds a malformed secret: it needs either 'plaintext'"),
        (exports.MALFORMED["an asset with a path that is a number"], 1, "holds an asset whose path is malformed"),
        (
            json.dumps(export(pending_operations=operations(bucket(), kind=7)), indent=1),
            34,
            "::store whose type is a number and no text",
        ),
        (json.dumps(exports.BROKEN["a dependency on itself"]), 1, "that is its own dependency;"),
        (json.dumps(exports.BROKEN["to be replaced with what is not there"]), 1, "whose replaceWith (urn:"),
        (json.dumps(exports.BROKEN["to be deleted with what is not there"]), 1, "whose deletedWith (urn:"),
    ],
)
def test_a_refused_state_is_told_with_the_line_and_the_reason(text: str, line: int, words: str) -> None:
    with pytest.raises(ProblemsError, match=rf"^export\.json:{line}:1: ") as refused:
        export_of(text.encode(), "export.json")
    assert words in str(refused.value)


def test_what_was_being_made_when_the_engine_broke_off_is_read_too_in_every_spelling() -> None:
    found = read(export(pending_operations=[{"Resource": bucket(), "Type": "creating"}]))
    assert [(one.urn, one.what) for one in found.unfinished] == [
        (f"{PREFIX}{exports.BUCKET}::store", "was being created")
    ]
    assert found.resources[-1].props == {"region": "eu-west-1"}


@pytest.mark.parametrize(("bits", "value"), [("3ff0000000000000", "1"), ("3ff8000000000000", "1.5")])
def test_a_whole_number_is_shown_without_a_point(bits: str, value: str) -> None:
    assert str(inputs_of({"size": exports.number(bits)})["size"]) == value


def test_a_provider_below_components_is_found() -> None:
    urn = f"{PREFIX}my:mod:Outer$my:mod:Inner$pulumi:providers:aws::p::q"
    inner = {"urn": urn, "custom": True, "id": "i", "type": "pulumi:providers:aws", "inputs": {"region": "us-east-1"}}
    found = read(export(inner, bucket(provider=f"{urn}::i"))).resources[-1].provider
    assert found == Provider(urn, "pulumi:providers:aws", "p::q", {"region": "us-east-1"})


def test_a_message_names_the_line_of_the_resource_and_no_value() -> None:
    document = export(bucket(), bucket("other", inputs=[{"password": "hunter2"}]))
    text = json.dumps(document, indent=2)
    line = text[: text.index(f'"{PREFIX}{exports.BUCKET}::other"')].count("\n") + 1
    with pytest.raises(ProblemsError, match=rf"^export\.json:{line}:1: has a resource \(.*::other\)") as refused:
        export_of(text.encode(), "export.json")
    assert "hunter2" not in str(refused.value)


def test_the_text_of_a_secret_is_not_shown_when_it_cannot_be_read() -> None:
    text = exports.with_region(json.dumps({**exports.secret("x"), "plaintext": "hunter2"}))
    with pytest.raises(ProblemsError) as refused:
        export_of(text.encode(), "export.json")
    assert "hunter2" not in str(refused.value)


def test_a_file_that_is_not_there_or_not_text_is_named(tmp_path: Path) -> None:
    with pytest.raises(ProblemsError, match=r"nowhere\.json:1:1: cannot be read: No such file"):
        read_export(tmp_path / "nowhere.json")
    (tmp_path / "binary.json").write_bytes(b'{\n"version": "\xff"}')
    with pytest.raises(ProblemsError, match=r"binary\.json:2:1: is not UTF-8"):
        read_export(tmp_path / "binary.json")
    with pytest.raises(ProblemsError, match=r"^x:2:1: is not UTF-8"):
        export_of(b"\n\xff", "x")


@given(st.integers(min_value=0, max_value=len(json.dumps(exports.everything())) - 1))
def test_wherever_a_file_is_cut_it_is_refused(length: int) -> None:
    with pytest.raises(ProblemsError):
        export_of(json.dumps(exports.everything())[:length].encode(), "x")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda below: st.lists(below) | st.dictionaries(st.text() | st.just(exports.SIGNATURE), below),
)
fields = st.sampled_from([*FIELDS, "Parent", "INPUTS"])


@given(st.dictionaries(fields, json_values))
def test_whatever_stands_in_a_field_it_is_read_or_refused(changed: dict[str, Any]) -> None:
    try:
        found = read(export({**bucket(), **changed}))
    except ProblemsError:
        return
    assert len(found.resources) == 3


def test_a_reader_that_forgot_the_secrets_would_be_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """The seeded bug of this family."""
    monkeypatch.setattr("enclave_policies.resources.exported_values.SIGNATURE", "forgotten")
    differing = [name for name, expected in READ.items() if inputs_of(exports.INPUTS[name]) != expected]
    assert {"secret", "secret-abroad", "reference-by-id", "bytes"} <= set(differing)


def test_a_reader_that_forgot_the_integrity_would_be_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """The seeded bug of the broken states."""
    monkeypatch.setattr("enclave_policies.resources.export.broken_links", lambda _: ())
    forgotten = 0
    for document in exports.BROKEN.values():
        try:
            read(document)
        except ProblemsError:
            continue
        forgotten += 1
    assert forgotten == len(exports.BROKEN) - 1  # the magic is another check
