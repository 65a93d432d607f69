"""The routes of one table, the most specific first: which of them packets to some addresses take."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from enclave_policies.network.aws.values import size
from enclave_policies.network.indexed import Indexed
from enclave_policies.network.networks import ANYWHERE, NOWHERE, AddressSet

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from enclave_policies.network.aws.elements import Route


class LongestPrefix:
    """Routes, those that are known sorted once by how specific they are; of equal ones the local route goes last."""

    def __init__(self, routes: Iterable[Route]) -> None:
        every = list(routes)
        self._sure = Indexed(sorted((one for one in every if _is_sure(one)), key=_rank), _destination)
        self._unsure = Indexed((one for one in every if not _is_sure(one)), _destination)

    def look_up(self, wanted: AddressSet) -> Iterator[tuple[AddressSet, Route]]:
        """Yield the addresses that each route takes: the most specific first, what nobody knows beside all others."""
        for route in self._unsure.at(self._unsure.meeting(wanted)):
            yield wanted.intersect(_destination(route)), route
        rest = wanted
        for _, equal in groupby(self._sure.at(self._sure.meeting(wanted)), key=_rank):
            taken = []
            for route in equal:
                piece = rest.intersect(_destination(route))
                if piece:
                    yield piece, route
                    taken.append(piece)
            if taken:
                rest = rest.minus(NOWHERE.union(*taken))
            if not rest:
                return


def _is_sure(route: Route) -> bool:
    return route.certain and route.destination is not None


def _destination(route: Route) -> AddressSet:
    return ANYWHERE if route.destination is None else route.destination


def _rank(route: Route) -> tuple[int, bool]:
    return size(_destination(route)), route.kind == "local"
