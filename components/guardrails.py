"""What the platforms themselves shall refuse: documents made from the law by the console, which may read it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Document = Mapping[str, Any]


@dataclass(frozen=True)
class Guardrails:
    """The guardrails of one enclave.

    ``service_control``: policy documents (JSON) by the name that each gets in the organization. ``admission``: for each
    Kubernetes site its pairs of ValidatingAdmissionPolicy and -Binding, as the API server takes them.
    """

    service_control: Mapping[str, str]
    admission: Mapping[str, Sequence[tuple[Document, Document]]]
