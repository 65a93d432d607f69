"""`python -m tests.inspection.page`: the table of what inspector and operator can do, as a page of docs."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from located_yaml import load
from tests.inspection import aws, cluster

PAGE: Final = Path(__file__).parents[2] / "docs" / "inspection-table.md"
HEAD: Final = """# What the inspector and the operator can do

<!-- made by python -m tests.inspection.page; the tables are tests/inspection/aws.yaml and cluster.yaml -->

Each action of each person is a question of its own; the tests ask all of them.
[What this does not stop](inspection.md#what-this-does-not-stop) says what the tables cannot promise.
"""
AWS: Final = """
## In AWS, on site dublin-1: {count} questions

An outside simulator of IAM (npm `@cloud-copilot/iam-simulate`) answers over the policies that the program plans for the
shipped stack. Deployer, custodian and operator are given every right that IAM has, so a no is the copy's own.

| who | what | on | | with |
|---|---|---|---|---|
"""
CLUSTER: Final = """
## In the cluster of hamar: {count} questions

The API server of the sandbox answers (SubjectAccessReview); `get` and `list` are tried for real as well, where they are
about the cluster or the gateways.

| who | what | on | in | |
|---|---|---|---|---|
"""


def page() -> str:
    """Return the page."""
    first = "".join(_aws(raw) for raw in load(aws.FILE).data["rows"])
    second = "".join(_cluster(raw) for raw in load(cluster.FILE).data["rows"])
    counts = len(aws.rows()), len(cluster.rows())
    return HEAD + AWS.format(count=counts[0]) + first + CLUSTER.format(count=counts[1]) + second


def _aws(raw: dict[str, Any]) -> str:
    given = ", ".join(
        f"{key.rpartition(':')[2]} {value.rpartition('/')[2]}" for key, value in raw.get("given", {}).items()
    )
    return _line([_each(raw["who"]), _each(raw["does"], "`"), raw["on"], f"**{raw['expect']}**", given])


def _cluster(raw: dict[str, Any]) -> str:
    on = [one.partition(".")[0] for one in raw["on"]]
    spaces = _each([one.removeprefix("enclave-") for one in raw.get("in", ["the cluster"])])
    return _line([_each(raw["who"]), _each(raw["does"]), _each(on, "`"), spaces, f"**{raw['expect']}**"])


def _each(words: list[str], quote: str = "") -> str:
    return ", ".join(f"{quote}{word}{quote}" for word in words)


def _line(cells: list[str]) -> str:
    return f"| {' | '.join('anything' if cell == '*' else cell for cell in cells)} |\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
