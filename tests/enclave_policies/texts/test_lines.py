"""A claim in a file is told with its line and its key."""

from __future__ import annotations

import pytest
from enclave_policies.resources.claim import Claim
from enclave_policies.texts.lines import LONGEST, line_of
from enclave_policies.texts.reader import Text, claims_of

FILE = "# not db.evil.net\nserver:\n  host: DB.evil.net\n  port: 5432\n"


def test_a_file_s_claim_says_line_and_key() -> None:
    (claim,) = [claim for claim in claims_of(Text("app.yaml", FILE, "data app.yaml")) if claim.kind == "host"]
    assert claim.path == "data app.yaml:3 server.host"


def test_a_text_of_one_line_says_its_key_alone() -> None:
    (claim,) = claims_of(Text("app.json", '{"host": "db.evil.net"}', "data app.json"))
    assert claim.path == "data app.json host"


@pytest.mark.parametrize(
    ("claim", "line"),
    [
        (Claim("host", "db.evil.net", "host"), 3),
        (Claim("host", "db.evil.net", "elsewhere"), 1),
        (Claim("credential", None, "port"), 4),
        (Claim("host", "other.net", "host"), None),
        (Claim("host", None), None),
    ],
)
def test_the_line_is_that_of_key_and_value_else_of_the_value(claim: Claim, line: int | None) -> None:
    assert line_of(claim, FILE) == line


def test_a_file_that_is_very_long_is_not_searched() -> None:
    claim, longest = Claim("host", "db.evil.net", "host"), FILE + "\n" * (LONGEST - len(FILE))
    assert line_of(claim, longest) == 3
    assert line_of(claim, f"{longest}\n") is None
