"""What a command names by the grammar of its tool is judged wherever the command stands: the table commands.yaml."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
from enclave_policies.judging.judge import judge_stack
from enclave_policies.law.folder import load_law
from enclave_policies.resources.resource import Resource
from enclave_policies.rules.jurisdiction import JURISDICTION
from enclave_policies.texts import reader
from enclave_policies.texts.commands import ends
from enclave_policies.texts.commands.clients import endpoint_of
from enclave_policies.texts.commands.containers import run_by
from enclave_policies.texts.commands.ends import ends_in
from enclave_policies.texts.commands.remotes import remotes_in
from enclave_policies.texts.commands.scripts import commands_of
from enclave_policies.texts.commands.tools import tools

import located_yaml
from tests.enclave_policies.sampling import samples, urn

if TYPE_CHECKING:
    from collections.abc import Mapping

LAW: Final = load_law()
HAMAR: Final = samples("image-registry")[0].as_provider()
CASES: Final[Mapping[str, list[Any]]] = located_yaml.load(Path(__file__).with_name("commands.yaml")).data
IMAGE: Final = "registry.hamar.example/app@sha256:" + "0" * 64
FEWEST_NOTICED: Final = 20


def a_pod(words: list[str]) -> Resource:
    container = {"name": "app", "image": IMAGE, "command": words[:1], "args": words[1:]}
    return made("kubernetes:core/v1:Pod", {"spec": {"containers": [container]}})


def a_file(text: str) -> Resource:
    return made("kubernetes:core/v1:ConfigMap", {"data": {"run.sh": f"#!/bin/bash\n{text}\n"}})


def made(type_: str, body: Mapping[str, Any]) -> Resource:
    props = {"metadata": {"name": "app", "namespace": "enclave-app"}, **body}
    return Resource(urn(type_, "app"), type_, "app", props, HAMAR, custom=True)


def judged(resource: Resource) -> list[str]:
    return [each.message for each in judge_stack([resource], LAW, JURISDICTION)[resource.urn] if each.refuses]


def places(case: Mapping[str, Any]) -> dict[str, list[str]]:
    """What is refused about a case in each place where it can stand."""
    if "words" in case:
        return {"words": judged(a_pod(case["words"]))}
    script = case["script"]
    return {"arguments": judged(a_pod(["/bin/sh", "-ec", script])), "file": judged(a_file(script))}


@pytest.mark.parametrize("case", CASES["refused"], ids=lambda case: case["case"])
def test_what_leads_out_is_refused(case: Mapping[str, Any]) -> None:
    assert all(places(case).values())


@pytest.mark.parametrize("case", CASES["passes"], ids=lambda case: case["case"])
def test_what_stays_inside_passes(case: Mapping[str, Any]) -> None:
    assert not any(places(case).values()), places(case)


@pytest.mark.parametrize(
    ("script", "commands"),
    [
        ("a b; c|d && e & f", [["a", "b"], ["c"], ["d"], ["e"], ["f"]]),
        ('a \'b c\' "d \\" e" f\\ g', [["a", "b c", 'd " e', "f g"]]),
        ("a \\\n b", [["a", "b"]]),
        ("a # b\nc", [["a"], ["c"]]),
        ("a#b", [["a#b"]]),
        ("a > b c 2>&1 d", [["a", "c", "d"], ["b"], ["1"]]),
        ('a "$(b "$c").d"', [["b", "$c"], ["a", "\0.d"]]),
        ("a `b c`", [["b", "c"], ["a", "\0"]]),
        ("sh -ec 'a b'", [["sh", "-ec", "a b"], ["a", "b"]]),
        ("eval 'a b'", [["eval", "a b"], ["a", "b"]]),
        ("(a; b)", [["a"], ["b"]]),
        ("a 'b", [["a", "b"]]),
        ("", []),
    ],
)
def test_a_script_becomes_commands(script: str, commands: list[list[str]]) -> None:
    assert commands_of(script) == commands


def test_a_script_without_end_is_read_all_the_same() -> None:
    assert commands_of("$(" * 2000 + "a" + ")" * 2000)
    assert commands_of("'" * 20_001 + "a")


@pytest.mark.parametrize(
    ("container", "words"),
    [
        ({"image": "x/skopeo:1", "args": ["copy"]}, [("copy",), ("skopeo", "copy")]),
        ({"image": "x/skopeo@sha256:0", "command": ["sh"], "args": ["-c"]}, [("sh", "-c")]),
        ({"image": "x/skopeo", "entryPoint": ["sh"], "command": ["-c"]}, [("sh", "-c")]),
        ({"image": "x/skopeo", "command": ["copy"]}, [("copy",), ("skopeo", "copy")]),
        ({"image": "x/skopeo"}, []),
        ({"command": ["a", 1, None]}, [("a", 1, None)]),
        ({"command": "a b"}, []),
    ],
)
def test_a_container_runs_its_entry_point_with_its_arguments(
    container: Mapping[str, Any], words: list[tuple[Any, ...]]
) -> None:
    assert list(run_by(container)) == words


@pytest.mark.parametrize(
    ("words", "endpoint"),
    [
        ("aws --endpoint-url https://a.b s3 ls", "https://a.b"),
        ("aws --endpoint-url=https://a.b s3 ls", "https://a.b"),
        ("hadoop distcp -Dfs.s3a.endpoint=a.b x", "a.b"),
        ("rclone --s3-endpoint a.b", "a.b"),
        ("s3cmd --host a.b ls", "a.b"),
        ("other --host a.b ls", None),
        ("aws --endpoint-url $URL s3 ls", None),
        ("aws s3 ls", None),
    ],
)
def test_a_command_names_the_server_of_its_store(words: str, endpoint: str | None) -> None:
    assert endpoint_of(words.split()) == endpoint


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (":s3:b/p", [("s3", (), "b")]),
        (':s3,endpoint="https://a:9",env_auth:b', [("s3", (("endpoint", "https://a:9"), ("env_auth", "true")), "b")]),
        ("x:s3:b", []),
        ("::1", []),
        (":latest", []),
        ("a :80:81", []),
    ],
)
def test_a_store_in_one_word_has_settings(text: str, found: list[Any]) -> None:
    assert [tuple(each) for each in remotes_in(text)] == found


def test_every_tool_has_a_command_that_shows_it() -> None:
    """A grammar that names nothing could be left out of the table."""
    for name, grammars in tools().items():
        for tool in grammars:
            assert tool.words != "none" or tool.naming, name


def test_a_reader_that_knows_no_tool_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The seeded bug of this family."""
    assert ends_in("ssh a.example.sh")
    monkeypatch.setattr(ends, "tools", dict)
    reader.claims_in.cache_clear()
    wrong = [case["case"] for case in CASES["refused"] if not all(places(case).values())]
    reader.claims_in.cache_clear()
    assert len(wrong) >= FEWEST_NOTICED
