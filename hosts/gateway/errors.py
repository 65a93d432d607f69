"""What goes wrong on a gateway's host; each text names the cause and the next step."""

from __future__ import annotations


class GatewayError(Exception):
    """Something keeps the authorizer from its work; the text is for whoever runs it."""


class BundleError(GatewayError):
    """The configuration bundle is not the one that was approved, or cannot be read."""


class RecordError(GatewayError):
    """The record cannot be written, so nobody gets access."""


class RecordSlowError(RecordError):
    """The record takes an entry too late: whoever asks is refused, and the record says so once it can."""


class ClockError(GatewayError):
    """The clock of the host is wrong, so nobody can tell which grants have ended."""


class AlertError(GatewayError):
    """An alert cannot be written, so nobody gets access by break-glass."""


class DrainError(GatewayError):
    """Envoy cannot be drained."""


class FetchError(GatewayError):
    """A bundle cannot be had from where it lies."""
