"""The page of the table says what the table says."""

from __future__ import annotations

from located_yaml import load
from tests.inspection import aws, cluster, page


def test_the_page_is_not_stale() -> None:
    assert page.PAGE.read_text(encoding="utf-8") == page.page(), "run python -m tests.inspection.page"


def test_a_row_that_is_not_on_the_page_would_be_noticed() -> None:
    """The seeded bug of this family."""
    text = page.page()
    rows = [*load(aws.FILE).data["rows"], *load(cluster.FILE).data["rows"]]
    assert text.count("**no**") + text.count("**yes**") == len(rows)
