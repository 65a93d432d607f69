"""The provider's configuration: decoded, and refused unless it stays on this machine."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from sandbox.aws_plugin.contract import contract
from sandbox.aws_plugin.loopback import is_loopback
from sandbox.aws_plugin.values import Failure
from sandbox.aws_plugin.wire import UNKNOWN, contains_unknown

STAND_IN: Final = "this is the sandbox's stand-in for pulumi-resource-aws"
_OFFICIAL: Final = "use the official AWS plugin for anything beyond this machine"
# What has a meaning here, or means nothing to a local endpoint. Everything else would be silently ignored: refused.
_UNDERSTOOD: Final = frozenset(
    {
        "accessKey",
        "defaultTags",
        "endpoints",
        "ignoreTags",
        "maxRetries",
        "region",
        "retryMode",
        "s3UsePathStyle",
        "secretKey",
        "skipCredentialsValidation",
        "skipMetadataApiCheck",
        "skipRegionValidation",
        "skipRequestingAccountId",
        "stsRegion",
        "token",
    }
)
_ENGINES_OWN: Final = frozenset({"version", "pluginDownloadURL"})


@dataclass(frozen=True)
class ProviderConfig:
    """Where and as whom the plugin works. The credentials are left out of the representation."""

    region: str
    endpoints: Mapping[str, str]
    access_key: str = field(repr=False)
    secret_key: str = field(repr=False)
    token: str | None = field(repr=False)
    default_tags: Mapping[str, str]
    ignored_tags: frozenset[str]
    ignored_tag_prefixes: tuple[str, ...]
    path_style: bool


def decoded(given: Mapping[str, Any]) -> dict[str, Any]:
    """The provider's inputs with the nested ones out of the JSON text in which the engine sends them."""
    result = {}
    for key, value in given.items():
        result[key] = value
        if isinstance(value, str) and contract().provider.get(key, "str") != "str":
            try:
                result[key] = json.loads(value)
            except ValueError:
                result[key] = value
    return result


def problems(given: Mapping[str, Any]) -> list[Failure]:
    """Everything that keeps the stand-in from serving this configuration; tells names and URLs, no other values."""
    config = decoded(given)
    found = [
        Failure(key, f"{STAND_IN}, which does not implement the provider property {key}; {_OFFICIAL}")
        for key in sorted(config)
        if key not in _UNDERSTOOD and key not in _ENGINES_OWN and not key.startswith("__")
    ]
    if not config.get("region"):
        found.append(Failure("region", f"is missing: {STAND_IN} and takes no region from the environment"))
    return found + _endpoint_problems(config.get("endpoints"))


def _endpoint_problems(endpoints: Any) -> list[Failure]:
    if endpoints is UNKNOWN:
        return []
    if not isinstance(endpoints, list) or not any(isinstance(e, Mapping) and e for e in endpoints):
        return [
            Failure(
                "endpoints",
                f"{STAND_IN} and needs the local endpoints of every service (http://127.0.0.1:PORT); {_OFFICIAL}",
            )
        ]
    return [
        Failure(
            f"endpoints[{index}].{service}",
            f"{STAND_IN} and refuses {url!r}: only 127.0.0.0/8, ::1 and localhost; {_OFFICIAL}",
        )
        for index, entry in enumerate(endpoints)
        if isinstance(entry, Mapping)
        for service, url in entry.items()
        if not contains_unknown(url) and not (isinstance(url, str) and is_loopback(url))
    ]


def parse(given: Mapping[str, Any]) -> ProviderConfig:
    """The configuration, after `problems` found none."""
    config = decoded(given)
    ignored = config.get("ignoreTags") or {}
    return ProviderConfig(
        region=config["region"],
        endpoints={service: url for entry in config["endpoints"] for service, url in entry.items()},
        # Credentials of the environment or a profile are never used: they could be real ones.
        access_key=config.get("accessKey") or "sandbox",
        secret_key=config.get("secretKey") or "sandbox",
        token=config.get("token"),
        default_tags=(config.get("defaultTags") or {}).get("tags") or {},
        ignored_tags=frozenset(ignored.get("keys") or ()),
        ignored_tag_prefixes=tuple(ignored.get("keyPrefixes") or ()),
        path_style=bool(config.get("s3UsePathStyle")),
    )
