"""An answer of `enclave reach` as one JSON document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.document import document

if TYPE_CHECKING:
    from console.reach.answer import Answer


def answer_document(answer: Answer) -> str:
    """Return the document; a hop names the rules that let it pass."""
    asking = answer.asking
    return document(
        "reach",
        {
            "verdict": answer.verdict,
            "from": asking.source,
            "to": asking.target,
            "direct": asking.direct,
            "port": asking.port,
            "path": [
                {
                    "source": hop.source,
                    "target": hop.target,
                    "ports": str(hop.ports),
                    "rules": list(hop.because),
                    "certain": hop.is_certain,
                }
                for hop in answer.path
            ],
            "stepping_stones": list(answer.stepping_stones),
            "reachable": list(answer.reachable),
            "kept_out_by": [{"reason": reason, "ends": list(ends)} for reason, ends in answer.kept],
            "problems": list(answer.unknown),
        },
    )
