"""Every format of a report: a file here, and an entry below. Each is a plain function from a record to bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from evidence.renderers import comment, findings_csv, junit, matrix, page, sarif, workflow_commands
from evidence.renderers.oscal import assessment_results, component_definition

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from evidence.record.model import Record

RENDERERS: Final[Mapping[str, Callable[[Record], bytes]]] = {
    "findings.csv": findings_csv.render,
    "matrix.csv": matrix.render,
    "junit.xml": junit.render,
    "findings.sarif": sarif.render,
    "oscal-assessment-results.json": assessment_results.render,
    "oscal-component-definition.json": component_definition.render,
    "comment.md": comment.render,
    "annotations.txt": workflow_commands.render,
    "report.html": page.render,
}
