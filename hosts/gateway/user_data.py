"""The settings of a gateway's host in its user data, as cloud-init would write them to the disk."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

HEAD: Final = "#cloud-config\n"
FILE: Final = "/etc/enclave/gateway.env"
SETTINGS: Final = tuple(
    f"ENCLAVE_{name}" for name in ("SITE", "GATEWAY", "IMAGE", "BUNDLE", "BUNDLE_DIGEST", "REGION", "RECORDS")
)
START: Final = ("systemctl", "enable", "--now", "enclave-gateway.target")
"""What a host runs once its settings are written."""


def settings_in(user_data: str) -> dict[str, str]:
    """Return the settings in user data (base64, as EC2 tells it); none where it is of another form."""
    try:
        document: Any = json.loads(base64.b64decode(user_data, validate=True).decode().removeprefix(HEAD))
        content = next(each["content"] for each in document["write_files"] if each["path"] == FILE)
        return dict(line.split("=", 1) for line in content.splitlines() if "=" in line)
    except (ValueError, KeyError, TypeError, AttributeError, StopIteration):
        return {}


def user_data_of(settings: Mapping[str, str]) -> str:
    """Return the user data that writes settings and then starts the gateway, as plain text."""
    content = "".join(f"{key}={value}\n" for key, value in settings.items())
    document = {
        "write_files": [{"path": FILE, "permissions": "0444", "content": content}],
        "runcmd": [list(START)],
    }
    return HEAD + json.dumps(document)
