"""An exported state is read as the engine reads it for a pack; what it refuses is refused, and never as a traceback."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from enclave_policies.resources.export import Export, export_of, read_export
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


def test_pending_deletions_are_listed_and_not_judged() -> None:
    document = export(bucket(inputs={"region": "us-east-1"}, delete=True), bucket())
    found = read(document)
    assert found.pending_deletes == (f"{PREFIX}{exports.BUCKET}::store",)
    assert [resource.props for resource in found.resources][-1] == {"region": "eu-west-1"}


def test_an_entry_in_another_spelling_counts_as_the_engine_counts_it() -> None:
    found = read(export(exports.RESOURCES["field-in-another-spelling"]))
    assert found.resources[-1].props == {"region": "us-east-1"}


def test_the_corpus_comes_back_as_it_is_written() -> None:
    cases = load_cases()
    found = [replace(one, outputs=_without_id(one.outputs)) for one in read(as_export(*cases)).resources]
    assert found == [replace(one, outputs=_without_id(one.outputs)) for one in as_resources(*cases)]


def _without_id(outputs: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in outputs.items() if name != "id"}


@pytest.mark.parametrize("name", [*exports.MALFORMED, *exports.AMBIGUOUS])
def test_what_nobody_should_have_to_interpret_is_refused_with_file_and_line(name: str) -> None:
    text = (exports.MALFORMED | exports.AMBIGUOUS)[name]
    with pytest.raises(ProblemsError, match=r"^export\.json:\d+:\d+: ") as refused:
        export_of(text.encode("utf-8", "surrogatepass"), "export.json")
    assert "stack export`" in str(refused.value) or "upgrade" in str(refused.value)


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


@given(st.integers(min_value=0, max_value=len(json.dumps(exports.everything())) - 1))
def test_wherever_a_file_is_cut_it_is_refused(length: int) -> None:
    with pytest.raises(ProblemsError):
        export_of(json.dumps(exports.everything())[:length].encode(), "x")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda below: st.lists(below) | st.dictionaries(st.text() | st.just(exports.SIGNATURE), below),
)
fields = st.sampled_from(["urn", "type", "inputs", "outputs", "provider", "delete", "custom", "parent", "id"])


@given(st.dictionaries(fields, json_values))
def test_whatever_stands_in_a_field_it_is_read_or_refused(changed: dict[str, Any]) -> None:
    try:
        found = read(export({**bucket(), **changed}))
    except ProblemsError:
        return
    assert len(found.resources) + len(found.pending_deletes) == 3


def test_a_reader_that_forgot_the_secrets_would_be_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """The seeded bug of this family."""
    monkeypatch.setattr("enclave_policies.resources.exported_values.SIGNATURE", "forgotten")
    differing = [name for name, expected in READ.items() if inputs_of(exports.INPUTS[name]) != expected]
    assert {"secret", "secret-abroad", "reference-by-id", "bytes"} <= set(differing)
