"""What the set-up compiles: whatever a run imports, or each of its many processes would compile it once more."""

from __future__ import annotations

import re
from pathlib import Path

from sandbox import setup

SITE = "/x/site-packages"
USES = re.compile(r"\b(aws|k8s)\.([a-z0-9_]+)\.")
ROOT = Path(__file__).parents[2]


def is_compiled(path: str) -> bool:
    """Return whether the set-up compiles a file of the installed packages."""
    return re.search(setup._NOT_COMPILED, path) is None


def test_each_service_that_components_use_is_compiled() -> None:
    packages = {"aws": "pulumi_aws", "k8s": "pulumi_kubernetes"}
    used = {
        f"{packages[found[1]]}/{found[2]}"
        for file in (ROOT / "components").rglob("*.py")
        for found in USES.finditer(file.read_text(encoding="utf-8"))
    }
    assert len(used) > 15
    assert [each for each in sorted(used) if not is_compiled(f"{SITE}/{each}/x.py")] == []
    assert not is_compiled(f"{SITE}/pulumi_aws/quicksight/x.py"), "the seeded gap: a service that nothing uses"


def test_every_package_of_the_project_is_compiled() -> None:
    packages = {file.relative_to(ROOT).parts[0] for file in ROOT.glob("*/__init__.py")} - {"tests", "benchmarks"}
    assert packages <= {*setup._PARTS}
