"""What stands for a certificate between Envoy and the authorizer: a unix socket that nobody else can have.

Neither proves to the other who it is. So the folder is their user's alone, and the authorizer begins nowhere else.
"""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

import pytest

from sandbox.gateways.client import Person
from tests.gateways.conftest import people_at
from tests.gateways.stand_in_authorizer import YES, over_grpc
from tests.gateways.test_faults import LOOPBACK, passes, refused

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.gateways.bench import People

KARI = Person()
BAD_INPUT = 2


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[People]:
    made = people_at(tmp_path_factory.mktemp("socket"), LOOPBACK)
    made.station.start()
    yield made
    made.station.stop()


def test_nobody_else_can_connect_or_put_a_socket_there(shop: People) -> None:
    passes(shop)
    for each in (shop.station.socket, shop.station.socket.parent):
        assert not each.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO), each


@pytest.mark.parametrize("mode", [0o777, 0o770, 0o702])
def test_an_authorizer_begins_in_no_folder_that_others_can_write(shop: People, mode: int) -> None:
    folder = shop.station.socket.parent
    shop.station.end("authorizer")
    folder.chmod(mode)
    try:
        shop.station.start_authorizer()
        refused(shop)
        assert shop.station.exit_code("authorizer") == BAD_INPUT
        assert "others may write to its folder" in shop.station.said("authorizer")
    finally:
        folder.chmod(0o700)
        shop.station.start_authorizer()
    passes(shop)


def test_an_authorizer_begins_beside_no_other(shop: People) -> None:
    shop.station.end("authorizer")
    with over_grpc(shop.station.socket, lambda *_: YES):
        shop.station.start_authorizer()
        assert shop.station.exit_code("authorizer") == BAD_INPUT
        assert "another process serves there" in shop.station.said("authorizer")
    shop.station.start_authorizer()
    passes(shop)
