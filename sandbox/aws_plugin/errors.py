"""What the plugin says when it can't do something: always one line, never a traceback."""

from collections.abc import Iterable, Mapping
from typing import Any


class PluginError(Exception):
    """A refusal or failure whose text is meant for the user."""


class PartialCreationError(PluginError):
    """The object exists in AWS but its set-up did not finish; the engine must remember it under `id`."""

    def __init__(self, reason: str, identity: str, state: Mapping[str, Any]) -> None:
        super().__init__(reason)
        self.identity = identity
        self.state = dict(state)


class AwsError(PluginError):
    """AWS refused one call; `code` is its error code, such as `InvalidVpcID.NotFound`."""

    def __init__(self, service: str, operation: str, code: str, message: str) -> None:
        super().__init__(f"{service} {operation} failed with {code}: {one_line(message)}")
        self.code = code


def one_line(text: str) -> str:
    """`text` with every run of white space turned into one blank."""
    return " ".join(text.split())


def redacted(text: str, secrets: Iterable[str]) -> str:
    """`text` with every secret value blotted out, the longest first."""
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, "[secret]")
    return text
