"""Statements into as few documents as possible, none longer than a limit, always in the same way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from enclave_policies.guardrails.error import GuardrailError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

Statement = dict[str, Any]


def pack(
    statements: Iterable[Statement], write: Callable[[Iterable[Statement]], str], longest: int
) -> list[list[Statement]]:
    """Return the statements grouped into documents of at most ``longest`` characters, first fit in their order.

    A denial of a list of actions may become several, of a part of the list each, which together deny the same. A
    denial of everything but a list cannot: each part would deny what the others leave out. Raises GuardrailError.
    """
    documents: list[list[Statement]] = []
    for statement in statements:
        for part in _fitting(statement, write, longest):
            for document in documents:
                if len(write([*document, part])) <= longest:
                    document.append(part)
                    break
            else:
                documents.append([part])
    return documents


def _fitting(statement: Statement, write: Callable[[Iterable[Statement]], str], longest: int) -> Iterator[Statement]:
    """Yield the statement, halved by its actions until each part fits a document."""
    length = len(write([statement]))
    if length <= longest:
        yield statement
        return
    actions = statement.get("Action", [])
    if len(actions) < 2:  # noqa: PLR2004 (one action cannot be halved)
        kept = "the actions that it leaves out" if "NotAction" in statement else "its condition"
        raise GuardrailError(
            f"the statement '{statement['Sid']}' takes {length} characters, but {longest} is the limit of one policy "
            f"and {kept} cannot be divided; name fewer actions in aws-actions.yaml, approve fewer regions and accounts"
        )
    middle = len(actions) // 2
    for number, half in enumerate((actions[:middle], actions[middle:]), 1):
        part = {**statement, "Sid": f"{statement['Sid']}{number}", "Action": half}
        yield from _fitting(part, write, longest)
