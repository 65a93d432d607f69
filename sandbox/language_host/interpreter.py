"""Which Python runs a program or a policy pack, and what is installed beside it."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class NoInterpreterError(ValueError):
    """The project names a virtual environment that is not there."""


@dataclass(frozen=True)
class RequiredPlugin:
    """A provider plugin that an installed SDK package asks for."""

    name: str
    version: str
    server: str


def interpreter(root: Path, options: Mapping[str, Any]) -> Path:
    """Return the Python of the project's `virtualenv` option (relative to `root`), else the host's own.

    Raises:
        NoInterpreterError: the option names a place without a virtual environment.
    """
    chosen = options.get("virtualenv")
    if not chosen:
        return Path(sys.executable)
    # Normalised as text: resolving links would step out of the environment, to the Python it was made from.
    python = Path(os.path.normpath(root / str(chosen))) / "bin" / "python"
    if not os.access(python, os.X_OK):
        raise NoInterpreterError(
            f"runtime option virtualenv: {chosen} (in {root}) names no virtual environment: {python} is missing. "
            "Run `make up`, or correct the option in Pulumi.yaml or PulumiPolicy.yaml.",
        )
    return python


def environment_of(python: Path, base: Mapping[str, str]) -> dict[str, str]:
    """Return `base` with `python`'s virtual environment active, as its own `activate` script would do."""
    root = python.parent.parent
    if not (root / "pyvenv.cfg").exists():
        return dict(base)
    active = {key: value for key, value in base.items() if key != "PYTHONHOME"}
    active["VIRTUAL_ENV"] = str(root)
    active["PATH"] = os.pathsep.join(filter(None, (str(python.parent), base.get("PATH"))))
    return active


def site_packages(python: Path) -> Iterator[Path]:
    """Yield the folders that hold the packages installed beside `python`."""
    yield from sorted((python.parent.parent / "lib").glob("python3*/site-packages"))


def installed(python: Path) -> Iterator[tuple[str, str]]:
    """Yield name and version of every distribution installed beside `python`."""
    for folder in site_packages(python):
        for record in sorted(folder.glob("*.dist-info")):
            name, _, version = record.name.removesuffix(".dist-info").rpartition("-")
            yield name, version


def required_plugins(python: Path) -> Iterator[RequiredPlugin]:
    """Yield the provider plugins that the SDK packages beside `python` declare (`pulumi-plugin.json`)."""
    for folder in site_packages(python):
        for declaration in sorted(folder.glob("*/pulumi-plugin.json")):
            content = json.loads(declaration.read_text(encoding="utf-8"))
            if content.get("resource") and content.get("name"):
                yield RequiredPlugin(content["name"], content.get("version", ""), content.get("server", ""))
