"""What goes wrong on a gateway's host; each text names the cause and the next step."""

from __future__ import annotations


class GatewayError(Exception):
    """Something keeps the authorizer from its work; the text is for whoever runs it."""


class BundleError(GatewayError):
    """The configuration bundle is not the one that was approved, or cannot be read."""


class RecordError(GatewayError):
    """The record cannot be written, so nobody gets access."""


class AlertError(GatewayError):
    """An alert cannot be written, so nobody gets access by break-glass."""
