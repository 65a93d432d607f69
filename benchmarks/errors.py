"""The one error of a benchmark: what could not be measured, and the next step."""


class NotMeasuredError(Exception):
    """A figure cannot be had; the text names the cause and the next step and needs no traceback."""
