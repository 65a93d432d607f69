"""The one error a user can see from the toolchain: what failed, and the next step."""


class ToolchainError(Exception):
    """A tool cannot be had; the text names the cause and the next step and needs no traceback."""
