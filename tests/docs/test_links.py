"""Every link in the documentation leads somewhere, and every page can be found from the README."""

from __future__ import annotations

import pytest

from tests.docs.pages import Page, broken_links, page, pages, tracked, with_folders

PAGES = {one.path: one for one in pages()}
FILES = with_folders(tracked())


@pytest.mark.parametrize("path", PAGES)
def test_every_link_leads_to_a_file_or_a_heading(path: str) -> None:
    assert list(broken_links(PAGES[path], PAGES, FILES)) == []


def test_a_link_into_nothing_is_noticed() -> None:
    text = (
        "[a](docs/no.md) [b](docs/tour.md#no) ![c](no.svg) [d](#no) [`e`](../x) [fine](docs/tour.md) [web](https://x.y)"
    )
    found = list(broken_links(Page("README.md", text), PAGES, FILES))
    assert [line.split()[1] for line in found] == ["docs/no.md", "docs/tour.md#no", "no.svg", "#no", "../x"]


def test_links_in_code_are_no_links_and_headings_keep_their_words() -> None:
    text = "# The `x` of *y*: 1 & 2\n## Twice\n## Twice\n`[a](b)`\n```\n[c](d)\n# no heading\n```\n"
    found = Page("README.md", text)
    assert found.links == []
    assert found.anchors == {"the-x-of-y-1--2", "twice", "twice-1"}


def test_every_page_of_the_docs_is_linked_from_the_readme() -> None:
    linked = {link.partition("#")[0] for link in page("README.md").links}
    own = {path for path in PAGES if path.startswith("docs/") and path.count("/") == 1}
    assert sorted(own - linked) == []
