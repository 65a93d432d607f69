"""The environment of a sandbox shell, and the script that puts a shell into it."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from sandbox import environment
from sandbox.layout import Layout
from sandbox.register import Cluster, NoSandboxError, Register
from sandbox.register import read as read_register
from sandbox.register import write as write_register

if TYPE_CHECKING:
    from collections.abc import Mapping

ACTIVATE = environment.REPOSITORY / "sandbox" / "activate"
SHELLS = [shell for shell in ("bash", "zsh") if shutil.which(shell)]


IDENTITY = {"issuer": "https://idp.sandbox.invalid", "audience": "enclave", "jwks": "{}"}


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    """A sandbox on paper, at addresses where nothing listens."""
    made = Layout.of(tmp_path / "with space's")
    cluster = Cluster("https://127.0.0.1:1", "ab" * 32, made.kubeconfig)
    write_register(
        made.register, Register("g1", "http://127.0.0.1:2", "111122223333", {"hamar": cluster}, "r-abcd", IDENTITY)
    )
    return made


def test_a_register_is_read_as_it_was_written(layout: Layout) -> None:
    assert read_register(layout.register) == Register(
        "g1",
        "http://127.0.0.1:2",
        "111122223333",
        {"hamar": Cluster("https://127.0.0.1:1", "ab" * 32, layout.kubeconfig)},
        "r-abcd",
        IDENTITY,
    )


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"generation": "x", "aws": "y", "kubernetes": 1}'])
def test_an_unusable_register_says_what_to_do(layout: Layout, content: str) -> None:
    layout.register.write_text(content)
    with pytest.raises(NoSandboxError, match=r"is unusable .* `make up`"):
        read_register(layout.register)


def test_the_sandboxs_programs_come_first_and_the_old_path_last(layout: Layout) -> None:
    path = environment.build(layout.root, {"PATH": "/usr/bin:/bin"})["PATH"].split(os.pathsep)
    assert path == [str(layout.bin), str(Path(sys.prefix, "bin")), "/usr/bin", "/bin"]


def test_asking_twice_does_not_lengthen_the_path(layout: Layout) -> None:
    once = environment.build(layout.root, {"PATH": "/bin"})
    assert environment.build(layout.root, once)["PATH"] == once["PATH"]


def test_the_official_aws_plugin_replaces_the_stand_in(layout: Layout) -> None:
    official = environment.build(layout.root, {"PATH": "/bin", "AWS_PLUGIN": "official"})
    assert official["PULUMI_HOME"] == str(layout.official_home)
    assert environment.build(layout.root, {"PATH": "/bin"})["PULUMI_HOME"] == str(layout.pulumi_home)
    assert official["PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION"] == "false"


def test_nothing_that_leads_out_of_the_sandbox_is_inherited(layout: Layout) -> None:
    ambient = {
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_PROFILE": "production",
        "AWS_SESSION_TOKEN": "t",
        "AWS_ENDPOINT_URL_S3": "https://elsewhere.example",
        "AWS_ACCESS_KEY_ID": "real",
        "AWS_CONFIG_FILE": "/home/user/.aws/config",
        "PULUMI_ACCESS_TOKEN": "t",
        "HOME": "/home/user",
    }
    whole = environment.complete(layout.root, ambient)
    assert {name: whole[name] for name in ambient if name in whole} == {
        "AWS_ACCESS_KEY_ID": "sandbox",
        "AWS_CONFIG_FILE": os.devnull,
        "HOME": "/home/user",
    }


def test_a_proxy_is_never_asked_for_the_loopback(layout: Layout) -> None:
    assert environment.build(layout.root, {"NO_PROXY": "intern"})["NO_PROXY"] == "intern,127.0.0.1,localhost,::1"


def test_the_shell_commands_survive_any_value(tmp_path: Path) -> None:
    awkward = {"A": 'it\'s $HOME `id` "x"\nnext', "B": "plain"}
    text = environment.shell_commands(awkward, ["GONE"], {"B": "old 'b'", "GONE": "g"})
    show = f'{sys.executable} -c \'import os; print([os.environ.get(n) for n in ("A", "B", "GONE")])\''
    script = f"{text}\n{show}\n_enclave_restore\n{show}\n"
    shown = _shell("sh", script, {"B": "old 'b'", "GONE": "g"}, tmp_path).stdout.splitlines()
    assert shown == [str([*awkward.values(), None]), str([None, "old 'b'", "g"])]


@pytest.mark.parametrize("shell", SHELLS)
def test_activate_works_from_anywhere_and_deactivate_takes_all_of_it_back(
    running: Layout, shell: str, tmp_path: Path
) -> None:
    dump = f"{sys.executable} -c 'import json, os; print(json.dumps(dict(os.environ)))'"
    script = f"{dump}\n. {shlex.quote(str(ACTIVATE))} && {dump}\nkubectl get --raw /readyz\necho\ndeactivate\n{dump}\n"
    ambient = {"AWS_REGION": "us-east-1", "ENCLAVE_SANDBOX": str(running.root)}
    result = _shell(shell, script, ambient, tmp_path)
    before, inside, ready, after = result.stdout.splitlines()
    assert ready == "ok"
    assert json.loads(after) == json.loads(before)
    expected = environment.build(running.root, json.loads(before))
    shown = json.loads(inside)
    assert {name: shown[name] for name in expected} == expected
    assert "AWS_REGION" not in shown


@pytest.mark.parametrize("shell", [*SHELLS, "sh"])
def test_activate_without_a_sandbox_says_so_and_leaves_the_shell_alone(shell: str, tmp_path: Path) -> None:
    script = f"set -u\n. {shlex.quote(str(ACTIVATE))}\necho status $?\nset | grep -c ^_enclave\n"
    result = _shell(shell, script, {"ENCLAVE_SANDBOX": str(tmp_path / "none")}, environment.REPOSITORY)
    assert "start it with `make up`" in result.stderr
    assert result.stdout.splitlines() == ["status 1", "0"]


def test_activate_says_when_a_recorded_sandbox_no_longer_answers(layout: Layout) -> None:
    command = [sys.executable, "-m", "sandbox.environment", "--dir", str(layout.root)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 1
    assert result.stdout == ""
    assert "nothing answers at http://127.0.0.1:2, https://127.0.0.1:1" in result.stderr


def test_entering_a_sandbox_imports_no_library() -> None:
    code = "import sys; known = set(sys.modules); import sandbox.environment; print(*(set(sys.modules) - known))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    imported = {name.partition(".")[0] for name in run.stdout.split()}
    assert imported - set(sys.stdlib_module_names) == {"sandbox"}


def _shell(shell: str, script: str, variables: Mapping[str, str], place: Path) -> subprocess.CompletedProcess[str]:
    base = {"PATH": os.environ["PATH"], "HOME": os.environ["HOME"]}
    return subprocess.run(
        [shell],
        input=script,
        env={**base, **variables},
        cwd=place,
        capture_output=True,
        text=True,
        check=False,
    )
