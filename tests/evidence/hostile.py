"""A record whose names and words try to act on whoever shows it: as markup, as commands, as formulas, as mentions."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final

from tests.evidence.bundles import small

if TYPE_CHECKING:
    from evidence.record.model import Record

WORDS: Final = (
    "</code></td></tr></table><a href='https://evil.example'>click</a><img src=x onerror=alert(1)>",
    "`` ` ``` | \\| [x](https://evil.example) ![x](https://evil.example/x.png) <https://evil.example>",
    "@everyone @org/team #1 org/repo#2 GH-3 :tada: www.evil.example https://evil.example a@evil.example",
    "\n\n# heading\n\n- [ ] list\n\n::error file=x,line=1::owned\r\n::set-output name=x::y\x00\x1b[31m",
    "%0A::error::x ,title=y ]]> <![CDATA[ &amp; &lt;script&gt; {0} {{1}} ${{ github.token }}",
    "=cmd|'/C calc'!A1",
    "\u202e\u2066\u200b\ufeff\u2028<script>alert(1)</script><!-- --> --!>",
)
HARMLESS: Final = tuple(f"harmless {number}" for number in range(len(WORDS)))


@cache
def record_of(words: tuple[str, ...]) -> Record:
    """Return a record like the small one with these words in every place that a person or a cloud fills."""
    record, made = small(), []
    for number, word in enumerate(words):
        names = {"urn": f"urn:{number}{word}", "name": word, "type": word, "site": word}
        made.append(record.resources[1].model_copy(update=names))
    first, line = len(record.resources), record.findings[0].declared
    assert line is not None
    told: dict[str, Any] = {}
    told["findings"] = tuple(
        record.findings[verdict].model_copy(
            update={
                "message": word,
                "problem": word,
                "remedy": word,
                "where": word,
                "resource": first + number,
                "declared": line.model_copy(update={"file": f"stacks/{word}"}),
            }
        )
        for number, word in enumerate(words)
        for verdict in range(3)
    )
    told["not_checked"] = tuple(
        record.not_checked[0].model_copy(update={"what": word, "reason": word}) for word in words
    )
    told["exceptions"] = tuple(
        record.exceptions[0].model_copy(update={"id": word, "owner": word, "reason": word}) for word in words
    )
    flow = record.enclave.flows[0]
    flows = tuple(flow.model_copy(update={"what": word, "basis_words": word}) for word in words)
    told["enclave"] = record.enclave.model_copy(update={"flows": flows})
    told["run"] = record.run.model_copy(update={"reasons": words[:5], "changed": words})
    told["resources"] = (*record.resources, *made)
    return record.model_copy(update=told)
