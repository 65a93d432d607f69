"""First step of `make`: a virtual environment that can show progress and install the rest; standard library only."""

# No `from __future__` and no new syntax here: an old Python must get as far as the message about its age.
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

OLDEST = (3, 11)
_NEWER = ("python3.14", "python3.13", "python3.12", "python3.11")

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
TOOLS_FOR_SETUP = ROOT / "requirements" / "bootstrap.txt"
PACKAGES = ROOT / "requirements" / "development.txt"
PROJECT = ROOT / "pyproject.toml"
PACKAGES_STAMP = VENV / "enclave-packages.stamp"
_BOOTSTRAP_STAMP = VENV / "enclave-bootstrap.stamp"


class BootstrapError(Exception):
    """The environment cannot be made; the text names the cause and the next step."""


def require_python() -> None:
    """Go on with a newer Python of this machine if ours is too old; exit 2 if there is none."""
    if sys.version_info >= OLDEST:
        return
    for name in _NEWER:
        command = shutil.which(name)
        # Started first, because pyenv puts stubs on PATH for Pythons that are not chosen.
        if command and subprocess.run([command, "--version"], capture_output=True, check=False).returncode == 0:
            os.execv(command, [command, "-m", "sandbox.bootstrap", *sys.argv[1:]])  # noqa: S606 — found above
    ours = ".".join(map(str, sys.version_info[:3]))
    sys.stderr.write(
        f"Python {ours} ({sys.executable}) is too old: 3.11 or newer is needed.\n"
        "Install one, or name one that you have: make PYTHON=/path/to/python3.12 …\n"
    )
    sys.exit(2)


def stamp(*files: Path) -> str:
    """A digest of the files, this clone's place and the Python that the environment stands on."""
    digest = hashlib.sha256(f"{VENV}\0{sys.version}".encode())
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()


def is_current(marker: Path, expected: str) -> bool:
    """Whether the marker was written for exactly this state, and the environment still has a Python."""
    try:
        return marker.read_text() == expected and PYTHON.exists()
    except OSError:
        return False


def make_environment() -> None:
    """Make `.venv` with the few pinned packages that the rest of the set-up runs on; about 10 s, once."""
    expected = stamp(TOOLS_FOR_SETUP)
    if is_current(_BOOTSTRAP_STAMP, expected):
        return
    sys.stderr.write("making .venv with its installer, about 20 s …\n")
    has_pip = _run([sys.executable, "-m", "venv", "--clear", str(VENV)]) is None
    if not has_pip:
        error = _run([sys.executable, "-m", "venv", "--clear", "--without-pip", str(VENV)])
        if error:
            raise BootstrapError(f"{sys.executable} -m venv failed:\n{error}")
    # Debian splits pip's bootstrap off into python3-venv; a pip of the system's can fill the environment too.
    pip = [str(PYTHON), "-m", "pip"] if has_pip else [sys.executable, "-m", "pip", "--python", str(PYTHON)]
    error = _run([*pip, "install", "--quiet", "--require-hashes", "-r", str(TOOLS_FOR_SETUP)])
    if error and not has_pip:
        raise BootstrapError(
            f"this Python can make no environment with pip in it:\n{error}\n"
            "Next step: install the venv package of your Python (Debian, Ubuntu: python3-venv), or name another\n"
            "Python: make PYTHON=/path/to/python3.12 …"
        )
    if error:
        raise BootstrapError(
            f"pip could not install requirements/bootstrap.txt:\n{error}\n"
            "Next step: check the network, and the package index which pip is configured for (`pip config list`);\n"
            "then run the same command again."
        )
    _BOOTSTRAP_STAMP.write_text(expected)


def _run(command: "list[str]") -> "str | None":
    environment = {**os.environ, "PIP_USER": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1"}
    run = subprocess.run(
        command, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    return "\n".join(run.stdout.strip().splitlines()[-12:]) if run.returncode else None


def lock_clone() -> None:
    """Keep a second set-up waiting until this process ends, or whatever program it turns into."""
    import fcntl  # noqa: PLC0415 — after the check of the Python; there is none on Windows

    folder = os.open(ROOT, os.O_RDONLY)
    os.set_inheritable(folder, True)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        sys.stderr.write("another set-up is at work in this clone; waiting for it …\n")
        fcntl.flock(folder, fcntl.LOCK_EX)


def main() -> None:
    """`python3 -m sandbox.bootstrap [--tools]`: the environment, then (in it) the packages and, if asked, the tools."""
    os.chdir(ROOT)
    tools = "--tools" in sys.argv[1:]
    if not tools and is_current(PACKAGES_STAMP, stamp(PACKAGES, PROJECT)):
        return
    lock_clone()
    try:
        make_environment()
    except BootstrapError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
    os.execv(PYTHON, [str(PYTHON), "-m", "sandbox.setup", *(["--tools"] if tools else [])])  # noqa: S606


if __name__ == "__main__":
    require_python()
    main()
