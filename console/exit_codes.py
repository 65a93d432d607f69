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
_SITE: Final[Mapping[int, str]] = {
    GOOD: "nothing is open; with --write the line is changed",
    REFUSED: "something is open, and nothing was changed",
    BAD_INPUT: "bad input, or no step from this stage",
}
_GATE: Final[Mapping[int, str]] = {
    BAD_INPUT: "bad input: a declaration, the law, an option, a state that is kept abroad, or no `pulumi` on PATH",
    FAILED: "the engine or a cloud failed by itself, or no sandbox is running",
}
_STORES: Final[Mapping[int, str]] = {
    BAD_INPUT: "bad input: no such wave, no profile of a site's name, a store that is elsewhere, no rclone, no key",
    FAILED: "a store or the copier failed, or another run is at work on the wave",
}
_REPLICAS: Final[Mapping[int, str]] = {
    BAD_INPUT: "bad input: no such replica, no profile of a site's name, a store that is elsewhere, no rclone, no key",
    FAILED: "a store or the copier failed, or another run is at work on the replica",
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
    "adopt": {
        GOOD: "all that exists may be adopted, or is in the stack already",
        REFUSED: "something is refused",
        BAD_INPUT: "bad input: no such stack or site, or a folder that is not empty",
        FAILED: "something could not be listed or read, or the state or the sandbox gives no answer",
    },
    "audit": {GOOD: "clean", REFUSED: "refused, or there is nothing to judge", BAD_INPUT: "bad input"},
    "report": {GOOD: "written", BAD_INPUT: "bad input: no run to report, no key to sign by, no room"},
    "verify": {
        GOOD: "as it was signed",
        REFUSED: "changed, signed by another key, or about something else",
        BAD_INPUT: "bad input: a key or a folder that is none",
    },
    "recheck": {
        GOOD: "the same comes out",
        REFUSED: "something else comes out, or the bundle is not as it was signed",
        BAD_INPUT: "bad input: no bundle, no state, or a record in which nothing was judged",
    },
    "diff": {
        GOOD: "nothing got worse",
        REFUSED: "something got worse",
        BAD_INPUT: "bad input: no record, of another stack, or not as it was signed",
    },
    "whatif": {
        GOOD: "nothing turns red",
        REFUSED: "something turns red",
        BAD_INPUT: "bad input: no state, nothing supposed, or what the law does not have",
    },
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
    "incident": {
        GOOD: "written",
        REFUSED: "the record is not whole, so nothing was written",
        BAD_INPUT: "bad input: a key or a checkpoint that is none, no window of time, a folder that is not empty",
    },
    "catalog": {
        GOOD: "known, or no gaps",
        REFUSED: "a type that nobody has judged, or there are gaps",
        BAD_INPUT: "bad input: a table that is wrong",
    },
    "access request": {GOOD: "written", BAD_INPUT: "bad input: what is asked for is not declared, or too much"},
    "access reversal": {GOOD: "written", BAD_INPUT: "bad input: what is asked for is not declared, or too much"},
    "access approve": {
        GOOD: "signed",
        BAD_INPUT: "bad input: no such request, another's key, one's own request, or a grant that is over",
    },
    "access revoke": {GOOD: "revoked", BAD_INPUT: "bad input: no such grant, or another's key"},
    "access list": {GOOD: "listed", BAD_INPUT: "bad input"},
    "access export": {
        GOOD: "printed",
        REFUSED: "no row can be exported",
        BAD_INPUT: "bad input: something is not declared",
    },
    "leaving": {
        GOOD: "printed, or written",
        REFUSED: "nothing may leave: no leaving flow is declared",
        BAD_INPUT: "bad input: the declaration, or a file that is there already",
    },
    "inspect sign": {
        GOOD: "signed",
        BAD_INPUT: "bad input: no inspector of the law, another's key, a day that is over, files that no commit holds",
        FAILED: "no sandbox is running",
    },
    "inspect verify": {
        GOOD: "each gateway is approved",
        REFUSED: "one is not",
        BAD_INPUT: "bad input",
        FAILED: "no sandbox is running",
    },
    "inspect list": {GOOD: "listed", BAD_INPUT: "bad input", FAILED: "no sandbox is running"},
    "site promote": _SITE,
    "site drain": {code: _SITE[code] for code in (GOOD, BAD_INPUT)},
    "site retire": {**_SITE, FAILED: "the stack's state cannot be read"},
    "site accept": {GOOD: "signed", BAD_INPUT: "bad input: no check or nobody of the law, or another's key"},
    "watch": {
        GOOD: "all runs as approved",
        REFUSED: "something differs",
        BAD_INPUT: "bad input",
        FAILED: "a part of a site, or the stack's state, cannot be read",
    },
    "doctor": {GOOD: "all is well", REFUSED: "there are problems", BAD_INPUT: "bad input"},
    "wave plan": {GOOD: "counted", REFUSED: "the target keeps no versions, or data was removed already", **_STORES},
    "wave run": {
        GOOD: "copied",
        REFUSED: "the target has other data, it is not planned, or workers or S3 are not done",
        **_STORES,
    },
    "wave verify": {GOOD: "equal, and signed", REFUSED: "something differs, or not all is copied", **_STORES},
    "wave cut-over": {
        GOOD: "readers read from the target",
        REFUSED: "the declaration does not say so yet, something is newer, or nothing is proved",
        **_STORES,
    },
    "wave purge": {
        GOOD: "the source is empty",
        REFUSED: "something is left, nobody confirmed it, or readers still read from the source",
        **_STORES,
    },
    "wave status": {GOOD: "nothing is left after its day", REFUSED: "something is", **_STORES},
    "failover sync": {GOOD: "copied", REFUSED: "a copy has other data, or keeps no versions", **_REPLICAS},
    "failover verify": {
        GOOD: "each copy is in order, or behind by less than is allowed; signed",
        REFUSED: "something is late, or differs",
        **_REPLICAS,
    },
    "sandbox start": _SANDBOX,
    "sandbox approve": {
        GOOD: "signed",
        BAD_INPUT: "bad input: a stack that is real, or declared nowhere",
        FAILED: "no sandbox is running",
    },
    "sandbox gateways": {
        GOOD: "running",
        REFUSED: "hosts would refuse to start one, as its bundle is another than they insist on",
        BAD_INPUT: "bad input: no such stack",
        FAILED: "no sandbox is running, or a gateway failed",
    },
    "sandbox status": {GOOD: "all is well", REFUSED: "there are problems", BAD_INPUT: "bad input"},
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
