"""`enclave init` in a backend of files: a stack with its settings, nothing overwritten, nothing left where it fails."""

from __future__ import annotations

import json
import stat
from typing import TYPE_CHECKING, Any

import pytest

from console.gate.engine import Engine
from console.gate.errors import EngineError
from console.gate.new_stack import SETTINGS, create, refuse_missing
from console.gate.stacks import orphaned
from console.retire.commands import naming
from located_yaml import ProblemsError
from tests.components.declarations import stacks

if TYPE_CHECKING:
    from pathlib import Path

ENGINE = """#!/bin/sh
case "$*" in
*"stack ls"*) cat "$STACKS" ;;
*"stack init"*)
    echo "encryptionsalt: v1:x" >> stacks/Pulumi.trial.yaml
    echo "error: no passphrase" >&2
    exit "$CODE"
    ;;
esac
"""


def engine(folder: Path, code: int = 0, *known: str) -> Engine:
    """Return an engine that stands in for the real one: it knows these stacks, and ends with this code."""
    (folder / "stacks").mkdir()
    listed: list[dict[str, Any]] = [{"name": name, "resourceCount": 0} for name in known]
    (folder / "ls.json").write_text(json.dumps(listed), encoding="utf-8")
    program = folder / "pulumi"
    program.write_text(ENGINE, encoding="utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    path = f"{folder}:/usr/bin:/bin"
    return Engine(folder, "trial", {"PATH": path, "STACKS": str(folder / "ls.json"), "CODE": str(code)}, [])


def settings(folder: Path) -> Path:
    """Return the settings of the stack."""
    return folder / "stacks" / "Pulumi.trial.yaml"


def test_a_stack_is_created_with_its_settings(tmp_path: Path) -> None:
    (said,) = create(engine(tmp_path))
    assert said == "created the stack 'trial' and wrote its settings stacks/Pulumi.trial.yaml; commit them"
    assert settings(tmp_path).read_text(encoding="utf-8").startswith(SETTINGS)


def test_settings_that_are_there_are_kept(tmp_path: Path) -> None:
    made = engine(tmp_path)
    settings(tmp_path).write_text(f"{SETTINGS}  enclave:x: y\n", encoding="utf-8")
    assert "with its settings stacks/Pulumi.trial.yaml" in next(create(made))
    assert "enclave:x: y" in settings(tmp_path).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "place"),
    [("", "1:1"), ("config:\n  a:b: c\n", "1:1"), ('config:\n  pulumi:disable-default-providers: ["aws"]\n', "2:3")],
)
def test_settings_that_let_the_environment_choose_are_refused(text: str, place: str, tmp_path: Path) -> None:
    made = engine(tmp_path)
    settings(tmp_path).write_text(text, encoding="utf-8")
    with pytest.raises(ProblemsError, match=rf"Pulumi\.trial\.yaml:{place}: lacks 'pulumi:disable-default-providers"):
        list(create(made))
    assert settings(tmp_path).read_text(encoding="utf-8") == text


def test_a_stack_that_is_there_stays_as_it_is(tmp_path: Path) -> None:
    made = engine(tmp_path, 0, "trial")
    refuse_missing(made)
    with pytest.raises(ProblemsError, match="is there already and stays as it is"):
        list(create(made))
    assert not settings(tmp_path).exists()


def test_a_stack_that_is_missing_is_said_to_be_and_nothing_is_left(tmp_path: Path) -> None:
    made = engine(tmp_path, 0, "other")
    with pytest.raises(ProblemsError, match=r"stacks/trial\.yaml:1:1: there is no stack 'trial'.*`enclave init trial`"):
        refuse_missing(made)
    assert list((tmp_path / "stacks").iterdir()) == []


@pytest.mark.parametrize("before", [None, SETTINGS])
def test_where_the_engine_fails_nothing_is_left(before: str | None, tmp_path: Path) -> None:
    made = engine(tmp_path, 255)
    if before is not None:
        settings(tmp_path).write_text(before, encoding="utf-8")
    with pytest.raises(EngineError, match="cannot be created:\nerror: no passphrase"):
        list(create(made))
    assert (settings(tmp_path).read_text(encoding="utf-8") if settings(tmp_path).exists() else None) == before


def test_a_stack_that_holds_resources_and_is_not_declared_is_named() -> None:
    said = list(orphaned({"local": 300, "gone": 7, "empty": 0}, {"local"}))
    assert len(said) == 1
    assert said[0].startswith("stacks/gone.yaml:1:1: the stack 'gone' holds 7 resources and is not declared")


def test_the_lines_that_name_a_site_are_said() -> None:
    file = stacks / "local.yaml"
    text = file.read_text(encoding="utf-8").splitlines()
    named = [text[int(place.rpartition(":")[2]) - 1] for place in naming(file, "dublin-1")]
    assert "  dublin-1:" in named
    assert all("dublin-1" in line for line in named)
    assert [line for line in text if "dublin-1" in line and line not in named] == ["  dublin-1-hamar:"]
