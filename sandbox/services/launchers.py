"""The programs of a sandbox shell: links to the tools, and launchers of what is written in Python here."""

from __future__ import annotations

import contextlib
import os
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from sandbox.files import write_whole
from sandbox.services import hsm, pulumi_home

if TYPE_CHECKING:
    from sandbox.layout import Layout
    from sandbox.toolchain import Toolchain

_EXECUTABLE = 0o755
_NAME = "pulumi-language-python"


def write(layout: Layout, tools: Toolchain) -> None:
    """Write or refresh everything in the sandbox's `bin`, and the engine's home with its plugins."""
    layout.bin.mkdir(parents=True, exist_ok=True)
    links = {
        "kubectl": tools.kubectl,
        "etcdctl": tools.etcdctl,
        "enclave": Path(sys.executable).with_name("enclave"),
    }
    if tools.language_host:
        links |= {"pulumi": tools.pulumi, _NAME: tools.language_host}
    else:
        # The same file, not a link to it: the engine then takes the language host beside it as its own, unwarned.
        _same_file(layout.bin / "pulumi", tools.pulumi)
        _launcher(layout.bin / _NAME, "sandbox.language_host", "--runner", str(tools.python_exec))
    for name, target in links.items():
        _link(layout.bin / name, target)
    for home in (layout.pulumi_home, layout.official_home):
        pulumi_home.ensure(home)
        _link(_with_folder(pulumi_home.plugin(home, "kubernetes")), tools.kubernetes_provider)
    _launcher(_with_folder(pulumi_home.plugin(layout.pulumi_home, "aws")), "sandbox.aws_plugin")
    if tools.softhsm:
        _keys(layout.bin / "hamar-keys", layout, tools.softhsm)


def _launcher(path: Path, module: str, *arguments: str) -> None:
    # -P: the engine starts it in the user's project, whose folders must not shadow ours.
    words = [sys.executable, "-P", "-m", module, *arguments]
    write_whole(path, f'#!/bin/sh\nexec {shlex.join(words)} "$@"\n', mode=_EXECUTABLE)


def _keys(path: Path, layout: Layout, library: Path) -> None:
    """Write a launcher of our KMS plugin's own actions on this sandbox's token: `hamar-keys rotate`."""
    variables = shlex.join(f"{name}={value}" for name, value in hsm.environment(layout).items())
    *start, _, module, token, key, pin = hsm.plugin(layout, library, "")
    words = f'{shlex.join(start)} "${{1:-keys}}" {shlex.join((module, token, key, pin))}'
    write_whole(path, f"#!/bin/sh\nexec env {variables} {words}\n", mode=_EXECUTABLE)


def _link(path: Path, target: Path) -> None:
    draft = _draft(path)
    draft.symlink_to(target)
    draft.replace(path)


def _same_file(path: Path, target: Path) -> None:
    with contextlib.suppress(OSError):
        if path.samefile(target) and not path.is_symlink():
            return
    draft = _draft(path)
    try:
        os.link(target, draft)
    except OSError:  # another file system
        draft.symlink_to(target)
    draft.replace(path)


def _with_folder(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def _draft(path: Path) -> Path:
    draft = path.with_name(f".{path.name}.draft")
    draft.unlink(missing_ok=True)  # of a start that was killed
    return draft
