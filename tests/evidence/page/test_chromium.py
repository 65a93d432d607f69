"""The page in a real Chromium: for eyes, keyboards, screen readers, phones and paper; and it asks nobody."""

from __future__ import annotations

from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from evidence.renderers.page import render
from tests import npm
from tests.evidence.bundles import small
from tests.evidence.page.hostile import hostile
from tests.evidence.page.pages import AUTHORITIES
from tests.evidence.page.records import connected, many

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Page

    from evidence.record.model import Record

RECORDS: Final[dict[str, Callable[[], Record]]] = {"small": small, "hostile": hostile, "connected": connected}
WIDE: Final = (1280, 900)
PHONE: Final = (360, 740)
MANY: Final = 10_000


@contextmanager
def shown(
    browser: Browser,
    folder: Path,
    record: Record | bytes,
    size: tuple[int, int] = WIDE,
    *,
    scheme: Any = "light",
    scripts: bool = True,
) -> Iterator[Page]:
    """Open a page, or a record's; whatever it asks of a network, or complains of, fails the test."""
    file = folder / "report.html"
    file.write_bytes(record if isinstance(record, bytes) else render(record))
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme=scheme,
        java_script_enabled=scripts,
        bypass_csp=False,
    )
    page = context.new_page()
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text))
    page.on("pageerror", lambda error: told.append(str(error)))
    page.on("request", lambda request: told.append(request.url) if request.url != file.as_uri() else None)
    page.goto(file.as_uri())
    yield page
    context.close()
    assert told == []


@cache
def axe() -> str:
    home = npm.installed("page-judges", Path(__file__).parent / "judges")
    return (home / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


def violations(page: Page) -> list[str]:
    """Return what axe-core finds wrong, best practices among it."""
    page.evaluate(axe())
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [f"{one['id']}: {[node['html'][:120] for node in one['nodes'][:3]]}" for one in found["violations"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", RECORDS)
def test_axe_finds_nothing_wrong(browser: Browser, tmp_path: Path, name: str, scheme: str) -> None:
    with shown(browser, tmp_path, RECORDS[name](), scheme=scheme) as page:
        for opener in page.query_selector_all(".open")[:2]:
            opener.click()
        assert violations(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", AUTHORITIES)
def test_axe_finds_nothing_wrong_with_what_authorities_get(
    browser: Browser, tmp_path: Path, name: str, scheme: str
) -> None:
    for size in (WIDE, PHONE):
        with shown(browser, tmp_path, AUTHORITIES[name](), size, scheme=scheme) as page:
            assert violations(page) == []
            assert page.evaluate("document.documentElement.scrollWidth") <= size[0]


def test_axe_finds_nothing_wrong_on_a_phone(browser: Browser, tmp_path: Path) -> None:
    with shown(browser, tmp_path, connected(), PHONE) as page:
        assert violations(page) == []


def test_a_page_in_grey_on_grey_is_noticed(browser: Browser, tmp_path: Path) -> None:
    """A second seeded bug: text that people hardly see."""
    with shown(browser, tmp_path, small()) as page:
        page.evaluate("document.documentElement.style.setProperty('--soft', '#b8b8b8')")
        assert any(one.startswith("color-contrast") for one in violations(page))


@pytest.mark.parametrize("name", RECORDS)
@pytest.mark.parametrize("size", [PHONE, (768, 1024), WIDE])
def test_nothing_is_wider_than_the_screen(browser: Browser, tmp_path: Path, name: str, size: tuple[int, int]) -> None:
    with shown(browser, tmp_path, RECORDS[name](), size) as page:
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0]


@pytest.mark.parametrize(("scheme", "ground"), [("light", "rgb(246, 246, 243)"), ("dark", "rgb(19, 21, 24)")])
def test_the_theme_is_the_systems_until_somebody_chooses(
    browser: Browser, tmp_path: Path, scheme: str, ground: str
) -> None:
    colour = "getComputedStyle(document.body).backgroundColor"
    with shown(browser, tmp_path, small(), scheme=scheme) as page:
        assert page.evaluate(colour) == ground
        page.click("#theme")
        assert page.evaluate(colour) != ground
        page.click("#theme")
        assert page.evaluate(colour) == ground


def test_everything_is_reached_and_used_by_keyboard(browser: Browser, tmp_path: Path) -> None:
    with shown(browser, tmp_path, small()) as page:
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "Skip to the findings"
        page.keyboard.press("Enter")
        assert page.url.endswith("#findings")
        reached: list[str] = []
        while reached[-1:] != ["f-rule"] and len(reached) < 40:
            page.keyboard.press("Tab")
            reached.append(page.evaluate("document.activeElement.id || document.activeElement.className"))
        assert [each for each in reached if each.startswith("f-")] == [
            "f-text",
            "f-verdict",
            "f-site",
            "f-type",
            "f-rule",
        ]
        page.focus(".open")
        page.keyboard.press("Enter")
        assert page.get_attribute(".open", "aria-expanded") == "true"
        assert "urn:pulumi:small" in page.inner_text(".detail-row")
        page.keyboard.press("Enter")
        assert page.query_selector(".detail-row") is None


def test_without_scripts_all_but_the_search_is_there(browser: Browser, tmp_path: Path) -> None:
    with shown(browser, tmp_path, small(), scripts=False) as page:
        text = page.inner_text("main")
        for told in ("Refused", "would be in eu-west-2", "Not checked", "stacks/small.yaml:7:3", "matrix.csv"):
            assert told in text
        assert not page.is_visible("#filters")


def test_very_many_resources_are_searched_at_once(browser: Browser, tmp_path: Path) -> None:
    """`benchmarks report` holds the times; here it is that each answer is right."""
    with shown(browser, tmp_path, many(MANY)) as page:
        assert page.inner_text("#told") == "1 to 50 of 10,000 that match, of 10,000"
        page.fill("#f-text", "bucket-77 ")
        assert page.inner_text("#told") == "1 to 50 of 111 that match, of 10,000"
        page.select_option("#f-verdict", label="refused")
        assert page.inner_text("#told") == "1 to 1 of 1 that match, of 10,000"
        assert page.inner_text("#rows tr:first-child .open") == "bucket-7700"
        page.fill("#f-text", "no such thing")
        assert page.inner_text("#told") == "0 that match, of 10,000"
        page.fill("#f-text", "")
        page.select_option("#f-verdict", label="any")
        page.click("#next")
        assert page.inner_text("#told") == "51 to 100 of 10,000 that match, of 10,000"


def test_paper_shows_the_findings_and_no_controls(browser: Browser, tmp_path: Path) -> None:
    with shown(browser, tmp_path, small(), scheme="dark") as page:
        page.emulate_media(media="print")
        for hidden in ("#browser", "#theme", ".contents"):
            assert not page.is_visible(hidden)
        assert page.is_visible(".finding")
        assert page.is_visible(".no-script")
        assert page.evaluate("getComputedStyle(document.querySelector('h2')).color") == "rgb(28, 30, 33)"
