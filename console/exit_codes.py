"""How a command ends: the exit codes, and what each means for each command."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

GOOD: Final = 0
REFUSED: Final = 1
"""Rules, the guard or a person refused, or the answer to a question is no."""
BAD_INPUT: Final = 2
FAILED: Final = 3
"""The engine or a cloud failed: nobody refused anything, and not everything was judged."""
FAULT: Final = 4
"""A fault of `enclave` itself."""
INTERRUPTED: Final = 130

MEANINGS: Final[Mapping[int, str]] = {
    GOOD: "good",
    REFUSED: "refused, or the answer is no",
    BAD_INPUT: "bad input",
    FAILED: "the engine or a cloud failed",
    FAULT: "a fault of `enclave` itself",
}
_GATE: Final[Mapping[int, str]] = {
    BAD_INPUT: "bad input: a declaration, the law, an option, a state that is kept abroad, or no `pulumi` on PATH",
    FAILED: "the engine or a cloud failed by itself, or no sandbox is running",
}
_SANDBOX: Final[Mapping[int, str]] = {
    GOOD: "done",
    BAD_INPUT: "a folder that no sandbox made",
    FAILED: "a tool or a stand-in failed",
}
BY_COMMAND: Final[Mapping[str, Mapping[int, str]]] = {
    "preview": {GOOD: "green", REFUSED: "red: something is refused, or was not judged", **_GATE},
    "up": {
        GOOD: "green, and changed",
        REFUSED: "red, or nobody allowed what would be replaced or lost, or nobody confirmed the change",
        **_GATE,
    },
    "init": {
        GOOD: "created",
        BAD_INPUT: "bad input, or the stack is there already",
        FAILED: "the engine cannot create it, or no sandbox is running",
    },
    "retire": {
        GOOD: "no longer protected",
        REFUSED: "nobody confirmed it",
        BAD_INPUT: "bad input, or the stack has no such site",
        FAILED: "the stack is locked, or cannot be read",
    },
    "stacks": {
        GOOD: "every stack with resources is declared",
        REFUSED: "one is not",
        BAD_INPUT: "bad input",
        FAILED: "the backend does not answer",
    },
    "recover": {
        GOOD: "told what there is to mend",
        BAD_INPUT: "bad input",
        FAILED: "somebody else is at work on the stack, or the engine, a cloud or the sandbox gives no answer",
    },
    "audit": {GOOD: "clean", REFUSED: "refused, or there is nothing to judge", BAD_INPUT: "bad input"},
    "explain": {
        GOOD: "explained",
        BAD_INPUT: "bad input, or a URN or type that is not there",
        FAILED: "the stack's state cannot be read",
    },
    "reach": {
        GOOD: "there is a path",
        REFUSED: "there is none",
        BAD_INPUT: "bad input, or no state to look at; or no answer: the path depends on what is not known, or none "
        "was found while something is unknown",
    },
    "verify-log": {
        GOOD: "whole, as far as it is signed",
        REFUSED: "changed, cut, or signed by another key",
        BAD_INPUT: "bad input: a key or a checkpoint that is none, or no checkpoint at all",
    },
    "catalog": {
        GOOD: "known, or no gaps",
        REFUSED: "a type that nobody has judged, or there are gaps",
        BAD_INPUT: "bad input: a table that is wrong",
    },
    "access request": {GOOD: "written", BAD_INPUT: "bad input: what is asked for is not declared, or too much"},
    "access approve": {
        GOOD: "signed",
        BAD_INPUT: "bad input: no such request, another's key, one's own request, or a grant that is over",
    },
    "access revoke": {GOOD: "revoked", BAD_INPUT: "bad input: no such grant, or another's key"},
    "access list": {GOOD: "listed", BAD_INPUT: "bad input"},
    "doctor": {GOOD: "all is well", REFUSED: "there are problems", BAD_INPUT: "bad input"},
    "sandbox start": _SANDBOX,
    "sandbox stop": _SANDBOX,
    "sandbox down": _SANDBOX,
}


def epilog(command: str | None = None) -> str:
    """Return the codes as the help text of a command tells them, of `enclave` itself where None."""
    meanings = {**BY_COMMAND[command], FAULT: MEANINGS[FAULT]} if command else MEANINGS
    return "Exit codes: " + "; ".join(f"{code} {meaning}" for code, meaning in sorted(meanings.items())) + "."


def table() -> Iterator[str]:
    """Yield the table of docs/verdict.md."""
    codes = (GOOD, REFUSED, BAD_INPUT, FAILED)
    yield f"| Command | {' | '.join(map(str, codes))} |"
    yield f"|{'---|' * (len(codes) + 1)}"
    for command, meanings in BY_COMMAND.items():
        yield f"| `enclave {command}` | {' | '.join(meanings.get(code, '') for code in codes)} |"
