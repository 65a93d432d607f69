"""A declaration whose hosts in AWS could never get their bundle is refused, and one whose hosts can is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from components.declaration import load_declaration
from components.declaration.bundles import check_bundles
from located_yaml import ProblemsError
from tests.components.declarations import local
from tests.gateways.conftest import DECLARED

if TYPE_CHECKING:
    from pathlib import Path

IN_STORE = (
    ("services: [kms, sts, s3]", "services: [kms, sts]"),
    ("classes: [restricted]}\n", "classes: [restricted], services: [s3]}\n"),
)
WAY = (
    "  - {from: [gateway], to: app, ports: [8443]}\n",
    "  - {from: [gateway], to: app, ports: [8443]}\n  - {from: [gateway], to: store, ports: [%s]}\n",
)


def test_an_endpoint_behind_no_path_is_refused_with_both_segments(tmp_path: Path) -> None:
    with pytest.raises(
        ProblemsError, match=r"endpoint stands in segment 'store', and no path leads there from 'gateway'"
    ):
        local(tmp_path, *IN_STORE)


@pytest.mark.parametrize(("ports", "fits"), [("443", True), ("400-500", True), ("8443", False)])
def test_a_path_to_it_must_have_its_port(ports: str, fits: bool, tmp_path: Path) -> None:
    change = (*IN_STORE, (WAY[0], WAY[1] % ports))
    if fits:
        assert local(tmp_path, *change).segments["store"].services == ["s3"]
    else:
        with pytest.raises(ProblemsError, match="no path leads there"):
            local(tmp_path, *change)


def test_where_no_site_is_in_aws_nobody_asks_for_it() -> None:
    declaration = load_declaration(DECLARED).model_copy(update={"paths": []})
    in_hamar = declaration.model_copy(update={"sites": {"hamar": declaration.sites["hamar"]}})
    assert [list(check_bundles(each, whole=True)) != [] for each in (declaration, in_hamar)] == [True, False]
