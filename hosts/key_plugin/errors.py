"""What can go wrong: each error names the cause and the next step, never a PIN, a key or data."""


class KeyPluginError(Exception):
    """Nothing was encrypted or decrypted; the text needs no traceback."""


class LockedError(KeyPluginError):
    """The token is locked, gone or silent; every request is refused until that is mended."""


class UnknownKeyError(KeyPluginError):
    """No key of this id is on the token."""


class UnsafeKeyError(KeyPluginError):
    """The key on the token could leave it, or does not have the shape that we make."""


class RefusedError(KeyPluginError):
    """The request itself is bad: altered ciphertext, foreign format, too much data."""
