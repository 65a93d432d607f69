"""The errors that a user sees from the services: what failed, the end of its log, and the next step."""


class SandboxError(Exception):
    """The sandbox cannot be started or stopped; the text names the cause and the next step and needs no traceback."""


class NotASandboxError(SandboxError):
    """A folder that somebody named, and that no sandbox made: bad input, and nothing was touched."""
