"""The picture of the README can be read in light and in dark, and by those who cannot see it."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

from tests.docs.pages import ROOT, page

PICTURE = "docs/way-of-a-change.svg"
TEXT = (ROOT / PICTURE).read_text(encoding="utf-8")
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


def test_letters_stand_out_from_every_box_in_light_and_in_dark() -> None:
    style = ET.fromstring(TEXT).findtext(f"{SVG}style") or ""  # noqa: S314  our own file
    light, dark = style.split("@media (prefers-color-scheme: dark)")
    assert fills(light).keys() == fills(dark.strip()[1:]).keys()
    for colors in (fills(light), fills(dark.strip()[1:])):
        for box in (".card", ".box", ".law", ".good", ".bad"):
            assert contrast(colors[box], colors["text"]) >= 7, box
            assert contrast(colors[box], colors[".mono"]) >= 4.5, box


def test_grey_on_grey_is_noticed() -> None:
    assert contrast("#777777", "#888888") < 4.5
    assert contrast("#000000", "#ffffff") == 21


def test_it_is_described_in_words() -> None:
    root = ET.fromstring(TEXT)  # noqa: S314
    assert root.findtext(f"{SVG}title")
    assert root.findtext(f"{SVG}desc")
    assert f"]({PICTURE})" in page("README.md").text


def test_nothing_is_outside_the_picture() -> None:
    root = ET.fromstring(TEXT)  # noqa: S314
    _, _, width, height = map(float, root.attrib["viewBox"].split())
    for each in (*root.iter(f"{SVG}rect"), *root.iter(f"{SVG}text")):
        right = float(each.attrib["x"]) + float(each.get("width", 0))
        bottom = float(each.attrib["y"]) + float(each.get("height", 0))
        assert 0 <= right <= width, each.text
        assert 0 <= bottom <= height, each.text
