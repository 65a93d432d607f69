"""Where alerts go: a topic of Amazon SNS, or an Alertmanager (its API v2, `POST /api/v2/alerts`)."""

from __future__ import annotations

import json
import urllib.request
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, Protocol
from urllib.parse import urlsplit

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from hosts.watch.alert import OVER
from hosts.watch.errors import WatchError
from hosts.watch.log_copy import PATIENT

if TYPE_CHECKING:
    from hosts.watch.alert import Alert

SNS: Final = "sns:"
ALERTS: Final = "/api/v2/alerts"
TIMEOUT: Final = 10.0
"""Seconds for one request."""
LASTS: Final = timedelta(minutes=10)
"""How long an Alertmanager keeps an alert that it hears no more of."""
SUBJECT: Final = 100
"""Characters of a subject that SNS takes."""


class Route(Protocol):
    """One receiver."""

    def send(self, alert: Alert, envelope: bytes) -> None:
        """Deliver an alert. Raises OSError where it was not taken."""


def route_of(address: str, lasts: timedelta = LASTS) -> Route:
    """Return the route to an address; ``lasts``: how long an alert stands of which nobody hears more.

    Raises WatchError.
    """
    if address.startswith(SNS):
        return Topic(address.removeprefix(SNS))
    if urlsplit(address).scheme in ("http", "https") and urlsplit(address).hostname:
        return Alertmanager(address, lasts)
    raise WatchError(f"alerts cannot go to '{address[:80]}'; give sns:ARN, or the http address of an Alertmanager")


class Topic:
    """A topic of Amazon SNS; the message is the signed envelope."""

    def __init__(self, arn: str) -> None:
        self._arn = arn
        parts = arn.split(":")
        if len(parts) != 6 or parts[2] != "sns":  # noqa: PLR2004  arn:partition:sns:region:account:name
            raise WatchError(f"'{arn[:80]}' is no ARN of a topic; give arn:aws:sns:REGION:ACCOUNT:NAME")
        self._client: Any = boto3.client("sns", region_name=parts[3], config=PATIENT)

    def send(self, alert: Alert, envelope: bytes) -> None:
        """Publish an alert. Raises OSError."""
        subject = alert.title.encode("ascii", "replace").decode()[:SUBJECT]
        try:
            self._client.publish(TopicArn=self._arn, Subject=subject, Message=envelope.decode())
        except (BotoCoreError, ClientError) as error:
            raise OSError(f"the topic {self._arn} does not take it: {error}") from None


class Alertmanager:
    """An Alertmanager; the signed envelope is an annotation of the alert."""

    def __init__(self, address: str, lasts: timedelta = LASTS) -> None:
        self._lasts = lasts
        self._url = address if urlsplit(address).path not in ("", "/") else address.rstrip("/") + ALERTS

    def send(self, alert: Alert, envelope: bytes) -> None:
        """Post an alert. Raises OSError."""
        at = alert.difference
        ends = alert.seen if alert.state == OVER else alert.seen + self._lasts
        body = [
            {
                "labels": {
                    "alertname": at.kind,
                    "enclave": alert.enclave,
                    "site": at.site,
                    "gateway": at.gateway,
                    "subject": at.subject,
                },
                "annotations": {
                    "summary": alert.title,
                    "approved": at.approved,
                    "found": at.found,
                    "envelope": envelope.decode(),
                },
                "startsAt": alert.begun.isoformat(),
                "endsAt": ends.isoformat(),
            }
        ]
        data = json.dumps(body).encode()
        asked = urllib.request.Request(self._url, data, {"content-type": "application/json"})  # noqa: S310  checked
        with urllib.request.urlopen(asked, timeout=TIMEOUT):  # noqa: S310  an http address, which route_of has checked
            pass
