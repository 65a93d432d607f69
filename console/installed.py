"""What of this project is installed on this machine."""

from importlib.util import find_spec
from typing import Final

_OWN: Final = frozenset({"components", "console", "enclave_policies", "hosts", "located_yaml", "sandbox"})
SANDBOX: Final = all(find_spec(package) for package in ("filelock", "psutil", "moto"))
"""Whether the sandbox can run: a real stack needs neither moto nor its tools (`pip install enclave[sandbox]`)."""


def no_sandbox() -> tuple[type[Exception], ...]:
    """Return the error that says that no sandbox is running; none where none can run."""
    if not SANDBOX:
        return ()
    from sandbox.register import NoSandboxError  # noqa: PLC0415

    return (NoSandboxError,)


def foreign(error: ImportError) -> str:
    """Return the package of somebody else that could not be imported; "" where it is a part of this project."""
    package = (error.name or "").partition(".")[0]
    return "" if package in _OWN else package
