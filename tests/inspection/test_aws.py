"""What the inspector and the operator can and cannot do in AWS, as an outside simulator decides it."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from tests.inspection import aws
from tests.inspection.aws import Row, ask, rows


@pytest.fixture(scope="module")
def answers() -> list[tuple[Row, str]]:
    asked = rows()
    return list(zip(asked, ask(asked), strict=True))


def test_everybody_can_do_what_is_promised_and_nothing_else(answers: list[tuple[Row, str]]) -> None:
    wrong = [f"{row}: {said}" for row, said in answers if (said == "Allowed") != row.expect or said.startswith("error")]
    assert wrong == []


def test_both_answers_are_asked_of_everybody_who_may_anything(answers: list[tuple[Row, str]]) -> None:
    allowed = {row.who for row, said in answers if said == "Allowed"}
    refused = {row.who for row, said in answers if said != "Allowed"}
    assert allowed == refused - {"another firm", "custodian"} | {"custodian"}
    assert len(answers) > 100


def test_a_copy_whose_policy_refuses_nothing_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The seeded bug of this family: without the refusals an administrator deletes the copy."""
    (row,) = [row for row in rows() if (row.who, row.does) == ("deployer", "s3:DeleteObjectVersion")]
    known = aws._planned()
    bucket = known["BucketPolicy", "dublin-1-inspection"]
    policy = json.loads(bucket.props["policy"])
    kept = {**policy, "Statement": [one for one in policy["Statement"] if one["Effect"] == "Allow"]}
    spoiled = replace(bucket, props={**bucket.props, "policy": json.dumps(kept)})
    monkeypatch.setattr(aws, "_planned", lambda: {**known, ("BucketPolicy", "dublin-1-inspection"): spoiled})
    assert ask((row,)) == ["Allowed"]
