"""The pictures can be read in light and in dark, and by those who cannot see them."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest

from tests.docs.pages import ROOT, page

SHOWN_IN = {"docs/way-of-a-change.svg": "README.md", "docs/way-of-a-request.svg": "docs/access.md"}
SVG = "{http://www.w3.org/2000/svg}"


def luminance(color: str) -> float:
    """Return the relative luminance of #rrggbb (WCAG 2.1)."""
    channels = [int(color[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (each / 12.92 if each <= 0.03928 else ((each + 0.055) / 1.055) ** 2.4 for each in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def fills(style: str) -> dict[str, str]:
    """Return the fill of each selector."""
    rules = re.findall(r"([^{}]+)\{([^{}]*)\}", style)
    found = {}
    for selectors, body in rules:
        color = re.search(r"fill: (#[0-9a-f]{6})", body)
        if color:
            found.update({selector.strip(): color[1] for selector in selectors.split(",")})
    return found


def drawn(picture: str) -> ET.Element:
    return ET.fromstring((ROOT / picture).read_text(encoding="utf-8"))  # noqa: S314  our own file


@pytest.mark.parametrize("picture", SHOWN_IN)
def test_letters_stand_out_from_every_box_in_light_and_in_dark(picture: str) -> None:
    style = drawn(picture).findtext(f"{SVG}style") or ""
    light, dark = style.split("@media (prefers-color-scheme: dark)")
    assert fills(light).keys() == fills(dark.strip()[1:]).keys()
    for colors in (fills(light), fills(dark.strip()[1:])):
        for box in (".card", ".box", ".law", ".good", ".bad"):
            assert contrast(colors[box], colors["text"]) >= 7, box
            assert contrast(colors[box], colors[".mono"]) >= 4.5, box


def test_grey_on_grey_is_noticed() -> None:
    assert contrast("#777777", "#888888") < 4.5
    assert contrast("#000000", "#ffffff") == 21


@pytest.mark.parametrize("picture", SHOWN_IN)
def test_it_is_described_in_words(picture: str) -> None:
    root = drawn(picture)
    assert root.findtext(f"{SVG}title")
    assert root.findtext(f"{SVG}desc")
    shown_in = SHOWN_IN[picture]
    assert f"]({picture.removeprefix('docs/') if shown_in.startswith('docs/') else picture})" in page(shown_in).text


@pytest.mark.parametrize("picture", SHOWN_IN)
def test_nothing_is_outside_the_picture(picture: str) -> None:
    root = drawn(picture)
    _, _, width, height = map(float, root.attrib["viewBox"].split())
    for each in (*root.iter(f"{SVG}rect"), *root.iter(f"{SVG}text")):
        right = float(each.attrib["x"]) + float(each.get("width", 0))
        bottom = float(each.attrib["y"]) + float(each.get("height", 0))
        assert 0 <= right <= width, each.text
        assert 0 <= bottom <= height, each.text
