"""Initialise a SoftHSM2 token: `python -m sandbox.services.softhsm_token LIBRARY LABEL OFFICER_PIN_FILE USER_PIN_FILE`.

A real HSM's token is made by its officers, with their own tools. Plain C calls, because python-pkcs11 has none for
this; in a process of its own, because a PKCS#11 library keeps what it has once seen.
"""

from __future__ import annotations

import argparse
import ctypes
import sys
from pathlib import Path

_Number = ctypes.c_ulong
_LABEL = 32  # bytes, padded with spaces
_READ_WRITE = 0x2 | 0x4  # CKF_RW_SESSION | CKF_SERIAL_SESSION
_OFFICER = 0  # CKU_SO


class _Cryptoki:
    def __init__(self, library: Path) -> None:
        self._library = ctypes.CDLL(str(library))

    def call(self, name: str, *arguments: object) -> None:
        if code := getattr(self._library, name)(*arguments):
            raise OSError(f"{name} of SoftHSM2 returned 0x{code:x}")

    def slots(self) -> list[int]:
        count = _Number()
        self.call("C_GetSlotList", True, None, ctypes.byref(count))
        found = (_Number * count.value)()
        self.call("C_GetSlotList", True, found, ctypes.byref(count))
        return list(found)


def initialise(library: Path, label: str, officer: bytes, user: bytes) -> None:
    """Make a token in SoftHSM2's one free slot and set both PINs.

    Raises:
        OSError: the library cannot be loaded or refused a step.
    """
    cryptoki = _Cryptoki(library)
    cryptoki.call("C_Initialize", None)
    free = _Number(cryptoki.slots()[-1])
    cryptoki.call("C_InitToken", free, officer, _Number(len(officer)), label.encode().ljust(_LABEL))
    session = _Number()
    cryptoki.call("C_OpenSession", free, _Number(_READ_WRITE), None, None, ctypes.byref(session))
    cryptoki.call("C_Login", session, _Number(_OFFICER), officer, _Number(len(officer)))
    cryptoki.call("C_InitPIN", session, user, _Number(len(user)))
    cryptoki.call("C_Finalize", None)


def main() -> int:
    """Exit 0 when the token is there, 1 with one message when it is not."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.services.softhsm_token", description=__doc__)
    for name in ("library", "label", "officer_pin_file", "user_pin_file"):
        parser.add_argument(name)
    options = parser.parse_args()
    officer, user = (Path(path).read_bytes().strip() for path in (options.officer_pin_file, options.user_pin_file))
    try:
        initialise(Path(options.library), options.label, officer, user)
    except OSError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
