"""Sockets of a sandbox whose path is too long for the kernel: short ones elsewhere, and none is left there."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from sandbox.layout import Layout
from sandbox.services import gateways, hsm
from sandbox.sockets import AUTHORIZER, short

if TYPE_CHECKING:
    from collections.abc import Iterator


def used(layout: Layout, *bundles: str) -> Iterator[Path]:
    """Let a gateway have run by each of these bundles, and leave its socket; yield each folder of a socket."""
    for bundle in bundles:
        inside = layout.gateways / "hamar-employees" / bundle / AUTHORIZER
        socket = short(inside)
        for folder in (inside.parent, socket.parent):
            folder.mkdir(parents=True, exist_ok=True)
        socket.with_name("envoy-admin.sock").touch()
        yield socket.parent


def test_a_socket_path_that_is_too_long_becomes_a_short_one_of_this_sandbox_alone() -> None:
    here, long = Layout.of("/s"), Layout.of("/" + "d" * 120)
    assert hsm.socket(here) == Path("/s/hsm/kms.sock")
    assert len(os.fsencode(hsm.socket(long))) <= 100
    assert hsm.socket(long) != hsm.socket(Layout.of("/" + "d" * 121))


def test_gateways_that_end_leave_no_socket_outside_the_sandbox(tmp_path: Path) -> None:
    """Until 2026-11-30 each sandbox with a long path left two folders among the system's temporary ones."""
    layout = Layout.of(tmp_path / ("d" * 120))
    folders = list(used(layout, "old", "new"))
    assert not [one for one in folders if one.is_relative_to(layout.root)]
    gateways.end(layout, ["hamar-employees"])
    assert [one for one in folders if one.exists()] == []


def test_sockets_in_the_sandbox_stay_with_it() -> None:
    with TemporaryDirectory() as near:
        layout = Layout.of(near)
        (folder,) = used(layout, "b")
        assert folder.is_relative_to(layout.root)
        gateways.end(layout, ["hamar-employees"])
        assert folder.exists()
