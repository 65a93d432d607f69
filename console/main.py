"""The `enclave` command: what a user typed, run; whatever happens ends with one of `console.exit_codes`."""

from __future__ import annotations

import os
import signal
import sys
import traceback
from typing import NoReturn

from console import installed, terminal
from console.exit_codes import BAD_INPUT, FAILED, FAULT, INTERRUPTED, REFUSED
from console.gate.errors import EngineError, EngineMissingError, RefusedError
from hosts.result import ResultError
from located_yaml import ProblemsError


def user_errors() -> tuple[type[Exception], ...]:
    """Return the errors whose text is meant for the user; those of the sandbox only where it is installed."""
    if not installed.SANDBOX:
        return ()
    from sandbox.register import NoSandboxError  # noqa: PLC0415
    from sandbox.services.errors import SandboxError  # noqa: PLC0415
    from sandbox.toolchain import ToolchainError  # noqa: PLC0415

    return NoSandboxError, SandboxError, ToolchainError


def main() -> None:
    """Run the command; a user sees one message, never a traceback (`ENCLAVE_DEBUG=1` shows it).

    With ``--json`` there is a document on standard output, however it ended.
    """
    arguments = sys.argv[1:]
    terminal.begin()
    try:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        run(arguments)
    except KeyboardInterrupt:
        _end(arguments, INTERRUPTED, ["stopped"])
    except Exception as error:  # noqa: BLE001  no traceback reaches a user
        code, lines = ending(error)
        if code == FAULT and os.environ.get("ENCLAVE_DEBUG"):
            traceback.print_exc()
        _end(arguments, code, lines)


def ending(error: Exception) -> tuple[int, list[str]]:
    """Return the exit code and the message of an error."""
    if isinstance(error, ProblemsError):
        return BAD_INPUT, [str(problem) for problem in error.problems]
    if isinstance(error, EngineMissingError | ResultError):
        return BAD_INPUT, [str(error)]
    if isinstance(error, RefusedError):
        return REFUSED, str(error).split("\n")
    if isinstance(error, EngineError):
        return FAILED, str(error).split("\n")
    if isinstance(error, user_errors()):
        return BAD_INPUT if _names_no_sandbox(error) else FAILED, str(error).split("\n")
    if isinstance(error, ImportError) and (package := installed.foreign(error)):
        told = f"the Python package `{package}` is missing here, or is of another version than this project needs"
        return BAD_INPUT, [f"{told}; `make setup` installs the right one"]
    if isinstance(error, OSError):  # what a user named, or what this machine lacks: no fault of ours
        where = f": {error.filename}" if error.filename else ""
        return BAD_INPUT, [f"{error.strerror or error}{where}"]
    told = f"this is a fault in `enclave` itself ({type(error).__name__}: {error})"
    return FAULT, [f"{told}; set ENCLAVE_DEBUG=1 to see where, and report it"]


def run(arguments: list[str]) -> None:
    """Run a command line; SystemExit tells how it ended."""
    if arguments[:1] == ["audit"]:
        from console.audit.arguments import quick  # noqa: PLC0415  typer and pydantic take longer than a small audit

        options = quick(arguments[1:])
        if options is not None:
            from console.audit.commands import audit  # noqa: PLC0415

            raise SystemExit(audit(**options))
    raise SystemExit(_typed(arguments))


def _typed(arguments: list[str]) -> int:
    from typer import Abort, TyperException  # noqa: PLC0415

    from console.command_line import app  # noqa: PLC0415
    from console.optional_values import with_values  # noqa: PLC0415

    try:
        code: int = app(with_values(arguments), prog_name="enclave", standalone_mode=False) or 0
    except Abort:  # of a question
        raise KeyboardInterrupt from None
    except TyperException as error:  # typer would print what was typed as it is
        context = getattr(error, "ctx", None)
        command = context.command_path if context else "enclave"
        message = str(getattr(error, "format_message", error.__str__)())
        if not message:  # a command that was given nothing has shown its help instead
            return BAD_INPUT
        _end(arguments, BAD_INPUT, [*message.split("\n"), f"`{command} --help` says what there is"])
    if code == INTERRUPTED:  # what typer makes of it
        raise KeyboardInterrupt
    return code


def _names_no_sandbox(error: Exception) -> bool:
    from sandbox.services.errors import NotASandboxError  # noqa: PLC0415

    return isinstance(error, NotASandboxError)


def _end(arguments: list[str], code: int, lines: list[str]) -> NoReturn:
    terminal.err(*lines)
    if "--json" in arguments and not terminal.has_written():
        from console.document import problems_document  # noqa: PLC0415

        try:
            terminal.document(problems_document(arguments[0], lines))
        except ResultError:
            code = BAD_INPUT
    raise SystemExit(code)
