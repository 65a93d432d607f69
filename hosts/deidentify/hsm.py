"""An HSM that computes the key of a run, by PKCS#11."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hosts.deidentify.errors import DeidentifyError, UnavailableError

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Hsm:
    """A secret key for HMAC on a PKCS#11 token, by its label; it must never be able to leave the token."""

    module: Path
    token: str
    key: str
    pin_file: Path

    def mac(self, message: bytes) -> bytes:
        """Ask C_Sign with CKM_SHA256_HMAC."""
        try:
            import pkcs11  # noqa: PLC0415  of the extra `hsm`
        except ImportError:
            raise DeidentifyError("this host has no PKCS#11 binding; install enclave with its extra 'hsm'") from None
        from hosts.key_plugin.errors import KeyPluginError  # noqa: PLC0415
        from hosts.key_plugin.token import Place, Token  # noqa: PLC0415

        def work(session: pkcs11.Session) -> bytes:
            wanted = {pkcs11.Attribute.CLASS: pkcs11.ObjectClass.SECRET_KEY, pkcs11.Attribute.LABEL: self.key}
            found = list(session.get_objects(wanted))
            if len(found) != 1:
                raise UnavailableError(
                    f"token '{self.token}' has {len(found)} secret keys with the label '{self.key}'; one is wanted"
                )
            key: Any = found[0]
            if key[pkcs11.Attribute.EXTRACTABLE] or not key[pkcs11.Attribute.SENSITIVE]:
                raise UnavailableError(f"key '{self.key}' could leave the token; make one that is not extractable")
            return bytes(key.sign(message, mechanism=pkcs11.Mechanism.SHA256_HMAC))

        token = Token(Place(self.module, self.token, self.pin_file))
        try:
            return token.run(work)
        except KeyPluginError as error:
            raise UnavailableError(str(error)) from None
        finally:
            token.close()
