"""One PKCS#11 token: logged in as long as its PIN file is there, let go of at the first doubt."""

from __future__ import annotations

import contextlib
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import pkcs11
from pkcs11.exceptions import (
    DeviceRemoved,
    MultipleTokensReturned,
    NoSuchToken,
    PinExpired,
    PinIncorrect,
    PinInvalid,
    PinLenRange,
    PinLocked,
    PKCS11Error,
    TokenNotPresent,
    TokenNotRecognised,
    UserNotLoggedIn,
    UserPinNotInitialized,
)

from hosts.key_plugin import pin as pin_file
from hosts.key_plugin.errors import KeyPluginError, LockedError, UnknownKeyError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from hosts.key_plugin.pin import Pin

_PATIENCE = 2.0  # seconds that a request waits for the one before; the API server gives up after 3
_Result = TypeVar("_Result")

_GONE = "the token is not there: connect it, and check --module and --token"
_WORDS: dict[type[BaseException], str] = {
    NoSuchToken: _GONE,
    TokenNotPresent: _GONE,
    TokenNotRecognised: _GONE,
    DeviceRemoved: _GONE,
    MultipleTokensReturned: "several tokens have this label: give each a label of its own",
    UserNotLoggedIn: "the token has logged us out: unlock it",
    PinLocked: "the token has locked the PIN: its security officer must set a new one",
    PinExpired: "the PIN has expired: set a new one on the token and write it to the PIN file",
    UserPinNotInitialized: "the token has no user PIN: its security officer must set one",
    PinIncorrect: "the token refused the PIN",
    PinInvalid: "the token refused the PIN",
    PinLenRange: "the token refused the PIN: its length is wrong",
}
_REFUSED = (PinIncorrect, PinInvalid, PinLenRange, PinLocked, PinExpired)


@dataclass(frozen=True)
class Place:
    """Which token: the HSM maker's PKCS#11 library, the token's label, and the file with the user PIN."""

    module: Path
    label: str
    pin_file: Path


class Token:
    """The token at `place`; one request at a time, `writable` only to make keys.

    One for each process: to let go of a token is to let go of everything that the library holds.
    """

    def __init__(self, place: Place, *, writable: bool = False) -> None:
        self._place = place
        self._writable = writable
        self._alone = threading.Lock()
        self._library: Any = None
        self._session: Any = None
        self._moment: tuple[int, int, int] | None = None  # of the PIN file that we are logged in by
        self._refused: tuple[int, int, int] | None = None  # of the PIN file that the token refused

    def run(self, work: Callable[[Any], _Result]) -> _Result:
        """Return what `work` makes of a logged in session; asks twice only if the first session was an old one.

        Raises:
            LockedError: the token is locked, gone or silent.
            KeyPluginError: as `work` raises it.
        """
        if not self._alone.acquire(timeout=_PATIENCE):
            raise LockedError(f"token {self._place.label!r} does not answer: check the HSM and its connection")
        try:
            return self._run(work)
        finally:
            self._alone.release()

    def close(self) -> None:
        """Log out and let the library go."""
        if self._alone.acquire(timeout=_PATIENCE):
            self._let_go()
            self._alone.release()

    def _run(self, work: Callable[[Any], _Result]) -> _Result:
        pin = self._current_pin()
        while True:
            kept = self._session is not None
            try:
                return work(self._session if kept else self._log_in(pin))
            # A token that was taken out looks empty to an old session, so a missing key is looked for anew, too.
            except (PKCS11Error, UnknownKeyError) as error:
                self._let_go()
                if kept:
                    continue
                if isinstance(error, KeyPluginError):
                    raise
                raise self._locked(error, pin) from None

    def _current_pin(self) -> Pin:
        try:
            pin = pin_file.read(self._place.pin_file)
        except LockedError:
            self._let_go()
            raise
        if pin.moment != self._moment:
            self._let_go()
        return pin

    def _log_in(self, pin: Pin) -> Any:
        # A token that counts wrong PINs destroys its keys or itself: the same one is never tried again.
        if pin.moment == self._refused:
            raise LockedError(
                f"locked: token {self._place.label!r} refused the PIN in {self._place.pin_file}; "
                "it is not tried again before that file changes"
            )
        try:
            self._library = pkcs11.lib(str(self._place.module))
        except (PKCS11Error, RuntimeError, OSError) as error:
            raise LockedError(
                f"the PKCS#11 library {self._place.module} does not start ({type(error).__name__}): "
                "check --module, the library's own settings and the connection to the HSM"
            ) from None
        token = self._library.get_token(token_label=self._place.label)
        self._session = token.open(rw=self._writable, user_pin=pin.secret)
        self._moment = pin.moment
        return self._session

    def _let_go(self) -> None:
        """Log out of everything: C_Finalize ends all sessions, and a new C_Initialize sees tokens anew."""
        self._session = self._moment = None
        with contextlib.suppress(PKCS11Error):  # what is gone needs no farewell
            if self._library is not None and self._library.initialized:
                self._library.finalize()

    def _locked(self, error: PKCS11Error, pin: Pin) -> LockedError:
        if isinstance(error, _REFUSED):
            self._refused = pin.moment
        words = _WORDS.get(type(error), f"PKCS#11 says {type(error).__name__}: see the HSM's own log")
        return LockedError(f"token {self._place.label!r}: {words}")
