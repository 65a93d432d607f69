"""A gateway's service asked without Envoy: real policies, a real record, and a request as Envoy would send it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from hosts.gateway import protocol
from hosts.gateway.bundle import POLICIES, SCHEMA, SETTINGS, settings_of
from hosts.gateway.caller import IDENTITY, JWT
from hosts.gateway.clock import Clock
from hosts.gateway.decision import Decider
from hosts.gateway.grants import Grants
from hosts.gateway.record import Record
from hosts.gateway.service import Service
from tests.hosts.gateway.granting import NOON, bundle

if TYPE_CHECKING:
    from pathlib import Path

    from hosts.gateway.alerts import Alerts


def request(grant: str, *, country: str = "NO") -> Any:
    """Return Envoy's question about a request of Kari, who wants to repair a record."""
    asked = protocol.Request()
    asked.attributes.source.principal = f"spiffe://europe/device/{country}/laptop-1"
    asked.attributes.source.address.socket_address.address = "10.200.128.9"
    http = asked.attributes.request.http
    http.id, http.path, http.method = "r-1", "/records/1", "GET"
    http.headers.update({"enclave-purpose": "repair", "enclave-grant": grant})
    said = asked.attributes.metadata_context.filter_metadata[JWT].fields[IDENTITY].struct_value.fields
    for name, value in {"sub": "kari", "employer": "fjord", "country": country}.items():
        said[name].string_value = value
    return asked


def answer(folder: Path, asked: Any, alerts: Alerts | None) -> tuple[str, dict[str, Any]]:
    """Return why a request is refused ("" where it is not), and the last entry of the record."""
    files = bundle()
    settings = settings_of(files[SETTINGS])
    decider = Decider(files[POLICIES], files[SCHEMA], settings.results)
    record = Record(folder / "record.jsonl")
    grants = Grants(folder, settings)
    service = Service(settings, decider, record, Clock(NOON.timestamp, lambda: 0.0), grants=grants, alerts=alerts)
    found = service.check(asked)
    record.close()
    last = json.loads((folder / "record.jsonl").read_text(encoding="utf-8").splitlines()[-1])
    return "" if found.status.code == protocol.OK else json.loads(found.denied_response.body)["reason"], last
