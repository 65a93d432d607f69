"""The map takes every country that the law knows, and the drawings show what was proved and what was not."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from enclave_policies.law.folder import load_law

from evidence.record.model import Country
from evidence.renderers.page import render
from evidence.renderers.page.cartogram import GAP, SIDE, cartogram
from evidence.renderers.page.drawing import HEIGHT, STEP, drawing
from evidence.renderers.page.proofs import proofs, tally_of
from tests.evidence.bundles import small
from tests.evidence.page.records import connected

if TYPE_CHECKING:
    from evidence.record.model import Record


def everywhere() -> Record:
    """Return the small record with a site in every country of the law."""
    names = load_law().countries
    (site, *_) = small().enclave.sites
    sites = tuple(
        site.model_copy(update={"name": f"site-{code.lower()}", "country": code, "country_name": name})
        for code, name in names.items()
    )
    countries = tuple(Country(code=code, name=name, approved=True) for code, name in names.items())
    enclave = small().enclave.model_copy(update={"sites": sites, "countries": countries})
    return small().model_copy(update={"enclave": enclave})


def test_the_map_has_a_tile_of_its_own_for_every_country_of_the_law() -> None:
    names = load_law().countries
    found = cartogram(everywhere())
    assert sorted(tile.code for tile in found.tiles) == sorted(names)
    assert len({(tile.x, tile.y) for tile in found.tiles}) == len(names)
    assert all(tile.sites == 1 for tile in found.tiles)
    assert max(tile.x for tile in found.tiles) + SIDE <= found.width
    assert max(tile.y for tile in found.tiles) + SIDE <= found.height
    assert b"site-zw" in render(everywhere())


def test_neighbours_on_the_map_lie_as_they_do_on_earth() -> None:
    at = {tile.code: (tile.x, tile.y) for tile in cartogram(small()).tiles}
    for west, east in (("IE", "GB"), ("PT", "ES"), ("NO", "SE"), ("SE", "FI"), ("DE", "PL"), ("FR", "CH")):
        assert at[west][0] < at[east][0]
        assert at[west][1] == at[east][1]
    for north, south in (("NO", "DK"), ("DK", "DE"), ("DE", "IT"), ("EE", "LV"), ("RO", "BG"), ("IT", "MT")):
        assert at[north][1] < at[south][1]
    assert all(x % (SIDE + GAP) == 0 for x, _ in at.values())


def test_a_country_that_was_refused_is_marked_and_an_approved_one_with_a_site_is_not() -> None:
    kinds = {tile.code: tile.kind for tile in cartogram(small()).tiles}
    assert (kinds["GB"], kinds["IE"], kinds["PT"]) == ("refused", "site", "other")


def test_a_site_is_drawn_with_its_segments_its_gateway_and_each_way() -> None:
    enclave = connected().enclave
    found = drawing(enclave, enclave.sites[0])
    names = [box.name for box in found.boxes]
    assert names == ["internet", "person", "ingress", "gateway", "app", "store", "keys", "monitoring", "store"]
    assert [box.gateways for box in found.boxes if box.gateways] == ["employees"]
    assert next(box.within for box in found.boxes if box.name == "store" and box.inside) == "5432"
    assert len(found.arcs) == sum(way.source != way.target for way in enclave.network.ways)
    assert found.usual == "tcp 443"
    standing = {arc.told.partition(":")[0]: arc.standing for arc in found.arcs}
    assert standing["dublin-1/app to dublin-1/keys"] == "broken"
    assert standing["dublin-1/app to dublin-1/store"] == "unknown"
    assert standing["person to dublin-1/ingress"] == "kept"
    assert standing["dublin-1/gateway to dublin-1/app"] == "permitted"


def test_no_two_boxes_or_arcs_of_a_drawing_fall_together() -> None:
    enclave = connected().enclave
    found = drawing(enclave, enclave.sites[0])
    for one, other in combinations(found.boxes, 2):
        assert abs(one.y - other.y) >= STEP > HEIGHT
    assert len({arc.path for arc in found.arcs}) == len(found.arcs)
    assert max(box.y for box in found.boxes) + HEIGHT <= found.height
    assert all(0 < arc.x < found.width for arc in found.arcs)


def test_what_is_broken_stands_first_and_alike_promises_in_one_line() -> None:
    enclave = connected().enclave
    found = proofs(enclave, enclave.sites[0])
    assert [one.holds for one in found] == [False, None, True, True, True]
    assert found[2].sources == ("internet", "person")
    assert found[-1].targets == ("app", "store")
    counts = tally_of(enclave, enclave.sites[0])
    assert (counts.kept, counts.broken, counts.unknown, counts.all) == (5, 1, 1, 7)
    page = render(connected()).decode()
    assert "5 promises of 7 about the network hold" in page
    assert "1 is broken" in page
