"""Rules ask the reading: none opens a resource's inputs by itself."""

from __future__ import annotations

from pathlib import Path

import enclave_policies.rules

FOLDER = Path(enclave_policies.rules.__file__).parent
INSIDE = ".props"


def opening(files: dict[str, str]) -> list[str]:
    """Return the files that open inputs."""
    return sorted(name for name, text in files.items() if INSIDE in text)


def sources() -> dict[str, str]:
    return {str(file.relative_to(FOLDER)): file.read_text(encoding="utf-8") for file in sorted(FOLDER.rglob("*.py"))}


def test_no_rule_opens_the_inputs_of_a_resource() -> None:
    found = sources()
    assert len(found) > 70
    assert opening(found) == []


def test_a_rule_that_did_would_be_noticed() -> None:
    assert opening({**sources(), "seeded.py": "reading.resource.props.get('region')"}) == ["seeded.py"]
