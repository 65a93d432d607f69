"""What `enclave report` and `enclave verify` print for programs is described, whatever the bundle is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from jsonschema.exceptions import ValidationError

from console.report.commands import report, verify
from evidence.bundle.checking import Expected
from evidence.bundle.contents import ENVELOPE, RECORD
from evidence.renderers import RENDERERS
from located_yaml import ProblemsError
from tests.console.auditing import bucket, written
from tests.console.test_documents import described
from tests.evidence.bundles import Bundle, bundle_in


@pytest.fixture
def bundle(tmp_path: Path) -> Bundle:
    return bundle_in(tmp_path / "made")


def test_a_report_says_where_its_files_are_and_what_they_are_about(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], bundle: Bundle
) -> None:
    export, to = written(tmp_path, bucket("store"), bucket("far", "us-east-1")), tmp_path / "bundle"
    assert report("local", export=export, to=to, key=str(bundle.private), as_of=None, json=True) == 0
    found = described(capsys)
    assert {RECORD, *RENDERERS} < set(found["files"])
    assert found["files"][-1] == ENVELOPE
    assert all((Path(found["bundle"]) / name).is_file() for name in found["files"])
    assert (found["stack"], found["outcome"], found["summary"]["failed"] > 0) == ("local", "refused", True)


def verified(bundle: Bundle, expected: Expected | None = None) -> int:
    return verify(bundle.folder, bundle.public, expected or Expected(), json=True)


def test_a_check_says_what_a_bundle_is_about_and_what_is_wrong_with_it(
    bundle: Bundle, capsys: pytest.CaptureFixture[str]
) -> None:
    assert verified(bundle) == 0
    whole = described(capsys)
    assert (whole["verdict"], whole["problems"], whole["stack"]) == ("clean", [], "small")
    assert verified(bundle, Expected(stack="other")) == 1
    other = described(capsys)
    assert (other["verdict"], len(other["problems"])) == ("refused", 1)
    (bundle.folder / RECORD).unlink()
    assert verified(bundle) == 1
    assert f"{RECORD} is missing" in described(capsys)["problems"]


def test_what_is_no_folder_is_bad_input_and_not_a_changed_bundle(bundle: Bundle, tmp_path: Path) -> None:
    for none in (tmp_path / "nowhere", bundle.public, bundle.folder / RECORD):
        with pytest.raises(ProblemsError, match="is no folder"):
            verify(none, bundle.public, Expected(), json=True)


def test_a_document_with_a_field_that_nobody_described_would_be_noticed(
    bundle: Bundle, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The seeded bug of this family."""

    def more(_record: Any) -> dict[str, Any]:
        return {"mood": "good"}

    monkeypatch.setattr("console.report.commands._told", more)
    verified(bundle)
    with pytest.raises(ValidationError):
        described(capsys)
