"""What a change calls for: which stacks are previewed, and which stored states are audited.

What is not known to change nothing reaches every stack, so that a new folder is never left out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Collection

INERT_FOLDERS: Final = ("benchmarks/", "docs/", "tests/")
INERT_FILES: Final = frozenset({".github/CODEOWNERS", ".gitignore", ".importlinter", "LICENSE"})
PROSE: Final = ".md"
"""What no program reads: it can change neither a plan nor a verdict."""

_OF_STACK: Final = re.compile(r"stacks/(?:(?:Pulumi\.)?([A-Za-z0-9_.-]+)\.yaml|approvals/([A-Za-z0-9_.-]+)/[^/]+)")
_LAW: Final = re.compile(r"policy-packs/(?!enclave_policies/)[^/]+/law/.+\.(?:yaml|json)")
"""The law as data; the library has a folder of that name, with code."""


@dataclass(frozen=True)
class Work:
    """Stacks to preview, stacks whose stored state is to be audited, and whether a declaration may have gone."""

    preview: tuple[str, ...] = ()
    audit: tuple[str, ...] = ()
    undeclared: bool = False

    def __bool__(self) -> bool:
        """Whether there is anything to do."""
        return bool(self.preview or self.audit or self.undeclared)

    @property
    def stacks(self) -> tuple[str, ...]:
        """Every stack that something is done with."""
        return tuple(sorted({*self.preview, *self.audit}))


def work_for(changed: Collection[str] | None, declared: Collection[str], real: Collection[str]) -> Work:
    """Return what a change of these files calls for; of any file, where None.

    ``declared`` are all stacks, ``real`` those outside the sandbox: the tests provision the others. A stack's own
    files call for its preview. The law calls for an audit of what stands: it alters no plan, and the gate asks it again
    before the next one. All else that is not inert may alter plans and verdicts: both, of all stacks.
    """
    everything = Work(tuple(sorted(real)), tuple(sorted(real)), undeclared=True)
    if changed is None:
        return everything
    preview, law, gone = set[str](), False, False
    for path in changed:
        stack = _OF_STACK.fullmatch(path)
        if is_inert(path):
            continue
        named = stack and (stack[1] or stack[2])
        if named and named in declared:
            preview.add(named)
        elif named:
            gone = True
        elif _LAW.fullmatch(path):
            law = True
        else:
            return everything
    return Work(tuple(sorted(preview & set(real))), everything.audit if law else (), undeclared=gone)


def is_inert(path: str) -> bool:
    """Return whether nothing that is planned or judged depends on a file."""
    return path in INERT_FILES or path.startswith(INERT_FOLDERS) or path.endswith(PROSE)
