"""A break-glass access through the real Envoy reaches the inspector's address, signed by the gateway's own key."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import TYPE_CHECKING

from hosts.gateway import dsse
from hosts.gateway.alert_sender import KIND
from hosts.gateway.bundle import SETTINGS, digest_of
from tests.gateways.conftest import people_at
from tests.gateways.test_grants import GLASS, ask, put
from tests.hosts.gateway.test_alerts import ORIGIN, Receiver, receiver, until

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["receiver"]  # a fixture


def test_an_alert_of_a_running_gateway_arrives_signed(tmp_path: Path, receiver: str) -> None:
    people = people_at(tmp_path, {"127.0.0.0/8": "NO"})
    station, bundle = people.station, people.station.folder / "bundle"
    settings = json.loads((bundle / SETTINGS).read_text(encoding="utf-8"))
    (bundle / SETTINGS).write_text(json.dumps({**settings, "alerts": receiver}), encoding="utf-8")
    station.digest = digest_of({file.name: file.read_text(encoding="utf-8") for file in bundle.iterdir()})
    try:
        station.start()
        name = put(people, "magnus", "siobhan", **GLASS)
        answer = ask(people, name)
        assert answer.status_code == 200, answer.text + station.said("authorizer")
        until(lambda: bool(Receiver.taken))
    finally:
        station.stop()
    envelope = dsse.opened(Receiver.taken[0][1], KIND)
    key = dsse.public_key(ORIGIN, b64encode(station.public_key.public_bytes_raw()).decode())
    assert dsse.all_fit(envelope, {ORIGIN: key})
    assert json.loads(envelope.payload)["grant"]["id"] == name
