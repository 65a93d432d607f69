"""One SoftHSM2 token on the bench, and our plugin on it: inside this process, or as the command that a site runs."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

LABEL = "bench"
KEY = "secrets"
USER_PIN = "user-4711-pin"
OFFICER_PIN = "officer-4711-pin"


@dataclass
class Bench:
    """The token's folder and what was opened on it."""

    folder: Path
    library: Path
    opened: list[Any] = field(default_factory=list)

    @property
    def pin(self) -> Path:
        """The file with the user PIN."""
        return self.folder / "pin"

    @property
    def socket(self) -> Path:
        """Where a server of this bench listens."""
        return self.folder / "kms.sock"

    @property
    def tokens(self) -> Path:
        """SoftHSM2's memory."""
        return self.folder / "tokens"

    @property
    def environment(self) -> dict[str, str]:
        """What leads SoftHSM2 to this token."""
        return {"SOFTHSM2_CONF": str(self.folder / "softhsm2.conf")}

    def set_up(self) -> None:
        """Make the token."""
        self.folder.chmod(0o700)
        self.tokens.mkdir()
        settings = f"directories.tokendir = {self.tokens}\nobjectstore.backend = file\nlog.level = ERROR\n"
        (self.folder / "softhsm2.conf").write_text(settings)
        officer = self.folder / "officer-pin"
        for path, text in ((self.pin, USER_PIN), (officer, OFFICER_PIN)):
            self.write_pin(text, path)
        module = ("-m", "sandbox.services.softhsm_token", str(self.library), LABEL, str(officer), str(self.pin))
        done = self.run(sys.executable, *module)
        assert done.returncode == 0, done.stderr

    def write_pin(self, text: str, path: Path | None = None) -> None:
        """Write a PIN file anew, as another file."""
        path = path or self.pin
        path.unlink(missing_ok=True)
        path.touch(mode=0o600)
        path.write_text(f"{text}\n")

    def vault(self, *, writable: bool = False) -> Any:
        """Return a vault in this process; it must be the only one."""
        from hosts.key_plugin.token import Place, Token  # noqa: PLC0415  after the skip where there is no HSM library
        from hosts.key_plugin.vault import Vault  # noqa: PLC0415

        self.close()
        token = Token(Place(self.library, LABEL, self.pin), writable=writable)
        self.opened.append(token)
        return Vault(token, KEY)

    def arguments(self, action: str, **other: object) -> list[str]:
        """Return our command's words, with some options changed."""
        options = {"module": self.library, "token": LABEL, "key": KEY, "pin-file": self.pin} | other
        return [action, *(f"--{name}={value}" for name, value in options.items())]

    def command(self, action: str, **other: object) -> subprocess.CompletedProcess[str]:
        """Run our command in a process of its own."""
        return self.run(sys.executable, "-m", "hosts.key_plugin", *self.arguments(action, **other))

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a command that finds this token."""
        variables = {**os.environ, **self.environment}
        return subprocess.run(command, env=variables, capture_output=True, text=True, timeout=60, check=False)

    def close(self) -> None:
        """Log out of what this process has opened."""
        while self.opened:
            self.opened.pop().close()
