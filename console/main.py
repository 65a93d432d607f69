"""The `enclave` command. Exit codes: 0 all is well, 1 refused or failed, 2 bad input."""

from __future__ import annotations

import os
import signal
import sys
from typing import NoReturn

from console import installed, terminal
from console.gate.errors import EngineError, EngineMissingError
from located_yaml import ProblemsError

bad_input = 2
interrupted = 130


def user_errors() -> tuple[type[Exception], ...]:
    """Return the errors whose text is meant for the user; those of the sandbox only where it is installed."""
    if not installed.SANDBOX:
        return ()
    from sandbox.register import NoSandboxError  # noqa: PLC0415
    from sandbox.services.errors import SandboxError  # noqa: PLC0415
    from sandbox.toolchain import ToolchainError  # noqa: PLC0415

    return NoSandboxError, SandboxError, ToolchainError


def main() -> None:
    """Run the command; a user sees one message, never a traceback (`ENCLAVE_DEBUG=1` shows it)."""
    try:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        run(sys.argv[1:])
    except ProblemsError as error:
        _end(bad_input, *map(str, error.problems))
    except (EngineMissingError, terminal.OutputError) as error:
        _end(bad_input, str(error))
    except EngineError as error:
        _end(1, *str(error).split("\n"))
    except KeyboardInterrupt:
        _end(interrupted, "stopped")
    except Exception as error:
        if os.environ.get("ENCLAVE_DEBUG"):
            raise
        _end(bad_input if _is_bad_input(error) else 1, *_lines(error))


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

    try:
        code: int = app(arguments, prog_name="enclave", standalone_mode=False) or 0
    except Abort:  # of a question
        raise KeyboardInterrupt from None
    except TyperException as error:  # typer would print what was typed as it is
        context = getattr(error, "ctx", None)
        command = context.command_path if context else "enclave"
        message = str(getattr(error, "format_message", error.__str__)())
        if message:  # a command that was given nothing has shown its help instead
            terminal.err(*message.split("\n"), f"`{command} --help` says what there is")
        return bad_input
    if code == interrupted:  # what typer makes of it
        raise KeyboardInterrupt
    return code


def _is_bad_input(error: Exception) -> bool:
    if not installed.SANDBOX:
        return False
    from sandbox.services.errors import NotASandboxError  # noqa: PLC0415

    return isinstance(error, NotASandboxError)


def _lines(error: Exception) -> list[str]:
    if isinstance(error, user_errors()):
        return str(error).split("\n")
    fault = f"this is a fault in `enclave` itself ({type(error).__name__}: {error})"
    return [f"{fault}; set ENCLAVE_DEBUG=1 to see where, and report it"]


def _end(code: int, *lines: str) -> NoReturn:
    terminal.err(*lines)
    raise SystemExit(code)
