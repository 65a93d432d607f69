"""Notices that moto was restarted since the stack was last provisioned: it forgets everything when it stops."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


def forgotten(environment: Mapping[str, str], stack: str) -> bool:
    """Return whether the stack was provisioned in a moto that is gone."""
    last = _mark(environment, stack)
    return last.is_file() and last.read_text(encoding="utf-8") != _generation(environment)


def remember(environment: Mapping[str, str], stack: str) -> None:
    """Note in which moto the stack is provisioned."""
    mark = _mark(environment, stack)
    mark.parent.mkdir(exist_ok=True)
    mark.write_text(_generation(environment), encoding="utf-8")


def _generation(environment: Mapping[str, str]) -> str:
    from sandbox.register import read  # noqa: PLC0415  a real stack needs no sandbox installed

    return read(Path(environment["ENCLAVE_SANDBOX"]) / "register.json").generation


def _mark(environment: Mapping[str, str], stack: str) -> Path:
    from sandbox.layout import Layout  # noqa: PLC0415

    return Layout.of(environment["ENCLAVE_SANDBOX"]).provisioned / stack
