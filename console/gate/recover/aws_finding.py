"""Finds objects of AWS that an earlier run may have made and could not record, by the table aws_objects.yaml."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, Final

import boto3
import jmespath  # type: ignore[import-untyped]
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from console.gate.errors import EngineError
from console.gate.recover.aws_table import Found, UnknownTypeError, table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from console.gate.recover.pending import Begun

IDENTITY: Final = ("enclave", "site", "Name")
"""Tags that say whose an object is, and which."""
SLOT: Final = re.compile(r"\{(\w+(?:\.\w+)*)\}")
UNTAGGED: Final = frozenset({"NoSuchTagSet", "NoSuchTagSetError"})
"""What S3 says of a bucket without tags."""
GONE: Final = frozenset(
    {
        "NoSuchBucket",
        "NoSuchBucketPolicy",
        "NoSuchEntity",
        "NoSuchPublicAccessBlockConfiguration",
        "NotFoundException",
        "ObjectLockConfigurationNotFoundError",
        "OwnershipControlsNotFoundError",
        "ResourceNotFoundException",
        "ServerSideEncryptionConfigurationNotFoundError",
    }
)
REFUSED: Final = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"})


MORE: Final = ("IsTruncated", "Truncated", "NextToken", "nextToken", "NextMarker", "AdditionalRoutesAvailable")
"""How AWS says that an answer is not all."""


class CutError(BotoCoreError):
    """An answer of AWS is cut, and this SDK does not ask for the rest."""

    fmt = "{error}"


class NoAnswerError(EngineError):
    """AWS does not say whether an object is there."""


@dataclass(frozen=True)
class Finder:
    """One look at the clouds: what was listed once is not listed again."""

    listed: dict[tuple[Any, ...], list[Mapping[str, Any]]] = field(default_factory=dict)

    def look_for(self, begun: Begun) -> Found:
        """Return what there is of a resource that was, or would be, made.

        Raises UnknownTypeError for a type that the table does not have, and NoAnswerError where AWS gives none.
        """
        row = table().get(begun.type)
        if row is None:
            raise UnknownTypeError(begun.type)
        if "again" in row:
            return Found()
        try:
            return self._found(row, begun)
        except ClientError as error:
            if error.response["Error"]["Code"] in GONE:
                return Found()
            raise NoAnswerError(_told(begun, error)) from None
        except (BotoCoreError, ResponseParserError) as error:
            raise NoAnswerError(_told(begun, error)) from None

    def _found(self, row: Mapping[str, Any], begun: Begun) -> Found:
        ask, aws = row["ask"], Aws.of(begun.provider)
        parameters = filled(ask.get("parameters") or {}, begun.inputs)
        if parameters is None:  # of what is not there yet, nothing is there
            return Found()
        if "filters" in ask:
            parameters["Filters"] = ask["filters"]
        ids: dict[str, list[str]] = {"own": [], "bare": [], "others": []}
        for page in self.pages(aws, ask["service"], ask["operation"], parameters):
            for item in jmespath.search(row["list"], page) or ():
                if not agrees(row, item, begun.inputs):
                    continue
                id_ = str(jmespath.search(row["id"], item) if "id" in row else filled(row["is"], begun.inputs))
                whose = self._whose(row, item, begun, aws)
                if whose == "own" or (whose and row.get("named")):
                    ids[whose].append(id_)
        return Found(**{whose: tuple(each) for whose, each in ids.items()})

    def _whose(self, row: Mapping[str, Any], item: Mapping[str, Any], begun: Begun, aws: Aws) -> str | None:
        """Return whose an object is: own, bare of any tag, others'; None where it is not what was asked for."""
        whose = _by_tags(jmespath.search(row["tags"], item), begun) if "tags" in row else "own"
        if "own" in row:
            if filled(row["own"], begun.inputs) is None:  # it belongs to what is not known yet
                return None
            if not agrees({"where": row["own"]}, item, begun.inputs):
                return "others"
        for question in row.get("each") or ():
            parameters = filled(question["parameters"], item) or {}
            try:
                pages = self.pages(aws, row["ask"]["service"], question["operation"], parameters)
            except ClientError as error:
                code = error.response["Error"]["Code"]
                if code in UNTAGGED:
                    whose = "bare"
                    continue
                if code in GONE | REFUSED:  # a key of somebody else
                    return None
                raise
            if not all(agrees(question, page, begun.inputs) for page in pages):
                return None
            if "tags" in question:
                told = [jmespath.search(question["tags"], page) for page in pages]
                whose = _by_tags(told[0] if len(told) == 1 else [tag for each in told for tag in each or ()], begun)
        return whose

    def pages(
        self, aws: Aws, service: str, operation: str, parameters: Mapping[str, Any]
    ) -> Sequence[Mapping[str, Any]]:
        """Return every page of an operation's answer, asked once."""
        key = (aws.key, service, operation, json.dumps(parameters, sort_keys=True))
        if key not in self.listed:
            self.listed[key] = list(aws.pages(service, operation, parameters))
        return self.listed[key]


def _told(begun: Begun, error: Exception) -> str:
    return f"AWS does not say whether there is a {begun.name} ({begun.type}) already: {error}"


def agrees(row: Mapping[str, Any], item: Mapping[str, Any], inputs: Mapping[str, Any]) -> bool:
    """Return whether a listed object is as a row's ``where`` asks."""
    for path, wanted in (row.get("where") or {}).items():
        if isinstance(wanted, list):
            if jmespath.search(path, item) not in wanted:
                return False
            continue
        value, asked = filled(wanted, inputs), filled(path, inputs)
        if value is None or asked is None or str(jmespath.search(asked, item)) != value:
            return False
    return True


def _by_tags(carried: Any, begun: Begun) -> str:
    """Return whose tags these are; AWS tells them as a table, or as a list of keys and values."""
    if isinstance(carried, list):
        tags = {each.get("Key") or each.get("TagKey"): each.get("Value", each.get("TagValue")) for each in carried}
    else:
        tags = carried or {}
    if not tags:
        return "bare"
    return "own" if begun.tags and all(tags.get(name) == begun.tags.get(name) for name in IDENTITY) else "others"


def filled(template: Any, values: Mapping[str, Any]) -> Any:
    """Return a template with {names} replaced; None where one of them is missing or not known."""
    if isinstance(template, dict):
        made = {key: filled(value, values) for key, value in template.items()}
        return None if None in made.values() else made
    if isinstance(template, list):
        several = [filled(value, values) for value in template]
        return None if None in several else several
    told = {name: jmespath.search(name, values) for name in SLOT.findall(template)}
    if any(not isinstance(value, str | int) or value == UNKNOWN for value in told.values()):
        return None
    return SLOT.sub(lambda match: str(told[match[1]]), template)


UNKNOWN: Final = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""What the engine's events say for a value that is not known yet (sdk/go/common/resource/plugin/rpc.go)."""


@dataclass(frozen=True)
class Aws:
    """Where a provider asks: its region, and the address of each service in a sandbox."""

    region: str
    endpoints: Mapping[str, str]

    @classmethod
    def of(cls, provider: Mapping[str, Any]) -> Aws:
        """Return where a provider with these inputs asks; the engine keeps lists as JSON texts there."""
        given = provider.get("endpoints")
        listed = json.loads(given) if isinstance(given, str) else given or []
        endpoints = {name: str(address) for each in listed for name, address in each.items() if address}
        return cls(str(provider.get("region") or ""), endpoints)

    @cached_property
    def key(self) -> tuple[Any, ...]:
        """What tells two of them apart."""
        return (self.region, *sorted(self.endpoints.items()))

    def pages(self, service: str, operation: str, parameters: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        """Yield every page of an operation's answer. Raises CutError where nobody can ask for the rest of it."""
        client = _client(service, self.region, self.endpoints.get(service))
        if client.can_paginate(operation):
            yield from client.get_paginator(operation).paginate(**parameters)
            return
        answer = getattr(client, operation)(**parameters)
        if more := [each for each in MORE if answer.get(each)]:
            raise CutError(error=f"{service} {operation} is cut ({more[0]})")
        yield answer


@cache
def _client(service: str, region: str, endpoint: str | None) -> Any:
    """Return a client; a sandbox's stand-in asks for some key and checks none."""
    make: Any = boto3.client
    own = {"aws_access_key_id": "sandbox", "aws_secret_access_key": "sandbox"} if endpoint else {}
    config = Config(retries={"mode": "standard", "max_attempts": 3}, connect_timeout=5, read_timeout=30)
    if endpoint:
        config = config.merge(Config(s3={"addressing_style": "path"}))
    return make(service, region_name=region, endpoint_url=endpoint, config=config, **own)
