"""The `enclave` command. Exit codes: 0 all is well, 1 refused or failed, 2 bad input."""

from __future__ import annotations

import os
import sys

from console import installed
from console.gate.errors import EngineError, EngineMissingError
from located_yaml import ProblemsError

bad_input = 2


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
        run(sys.argv[1:])
    except (ProblemsError, EngineMissingError) as error:
        _end(str(error), bad_input)
    except EngineError as error:
        _end(str(error), 1)
    except KeyboardInterrupt:
        _end("stopped", 130)
    except Exception as error:
        if os.environ.get("ENCLAVE_DEBUG"):
            raise
        _end(_text(error), bad_input if _is_bad_input(error) else 1)


def run(arguments: list[str]) -> None:
    """Run a command line; SystemExit tells how it ended."""
    if arguments[:1] == ["audit"]:
        from console.audit.arguments import quick  # noqa: PLC0415  typer and pydantic take longer than a small audit

        options = quick(arguments[1:])
        if options is not None:
            from console.audit.commands import audit  # noqa: PLC0415

            raise SystemExit(audit(**options))
    from console.command_line import app  # noqa: PLC0415

    app(list(arguments), prog_name="enclave")


def _is_bad_input(error: Exception) -> bool:
    if not installed.SANDBOX:
        return False
    from sandbox.services.errors import NotASandboxError  # noqa: PLC0415

    return isinstance(error, NotASandboxError)


def _text(error: Exception) -> str:
    if isinstance(error, user_errors()):
        return str(error)
    return (
        f"this is a fault in `enclave` itself ({type(error).__name__}: {error}); "
        "set ENCLAVE_DEBUG=1 to see where, and report it"
    )


def _end(message: str, code: int) -> None:
    sys.stderr.write(f"{message}\n")
    raise SystemExit(code)
