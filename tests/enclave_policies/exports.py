"""Exported states with every way in which the engine writes a value, and files that it refuses."""

from __future__ import annotations

import hashlib
import json
from typing import Any

SIGNATURE = "4dabf18193072939515e22adb298388d"
PREFIX = "urn:pulumi:local::enclave::"
STACK = f"{PREFIX}pulumi:pulumi:Stack::enclave-local"
PROVIDER = f"{PREFIX}pulumi:providers:aws::dublin-1"
BUCKET = "aws:s3/bucket:Bucket"
ABROAD = "arn:aws:sqs:us-east-1:111122223333:q"


def signed(signature: str, **content: Any) -> dict[str, Any]:
    return {SIGNATURE: signature, **content}


def secret(value: Any) -> dict[str, Any]:
    return signed("1b47061264138c4ac30d75fd1eb44270", plaintext=json.dumps(value))


def asset(**content: Any) -> dict[str, Any]:
    return signed("c44067f5952c0a294b673a41bacd8c17", **content)


def archive(**content: Any) -> dict[str, Any]:
    return signed("0def7320c3a5731c473e5ecbe6d01bc7", **content)


def reference(**content: Any) -> dict[str, Any]:
    return signed("5cf8f73096256a8f31e491e813e4eb8e", **content)


def text_of_bytes(value: str) -> dict[str, Any]:
    return signed("803fd3297a5875dc03ca845dda5d2a98", value=value)


def number(value: str) -> dict[str, Any]:
    return signed("8ad145fe-0d11-4827-bfd7-1abcbf086f5c", value=value)


ENCRYPTED = signed("1b47061264138c4ac30d75fd1eb44270", ciphertext="v1:abc:def")
UNKNOWN_TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
UNKNOWN_LIST = "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2"


def bucket(name: str = "store", inputs: Any = None, type_: str = BUCKET, **more: Any) -> dict[str, Any]:
    """One resource of the provider dublin-1; a region of its own unless told otherwise."""
    return {
        "urn": f"{PREFIX}{type_}::{name}",
        "custom": True,
        "id": name,
        "type": type_,
        "inputs": {"region": "eu-west-1"} if inputs is None else inputs,
        "parent": STACK,
        "provider": f"{PROVIDER}::p",
        **more,
    }


def export(*resources: dict[str, Any], **deployment: Any) -> dict[str, Any]:
    """The stack, the provider and these resources."""
    provider = {"urn": PROVIDER, "custom": True, "id": "p", "type": "pulumi:providers:aws"}
    return {
        "version": 3,
        "deployment": {
            "manifest": {"time": "2026-11-29T00:00:00Z", "magic": "", "version": "v3.259.0"},
            "secrets_providers": {"type": "passphrase", "state": {"salt": "v1:x"}},
            "resources": [
                {"urn": STACK, "custom": False, "type": "pulumi:pulumi:Stack"},
                {**provider, "inputs": {"region": "eu-west-1"}},
                *resources,
            ],
            **deployment,
        },
    }


def in_dublin(**inputs: Any) -> dict[str, Any]:
    return {"region": "eu-west-1", **inputs}


INPUTS: dict[str, Any] = {
    "plain": in_dublin(),
    "secret": {"region": secret("eu-west-1")},
    "secret-abroad": {"region": secret("us-east-1")},
    "secret-in-a-secret": in_dublin(a=secret({"x": [secret(ABROAD)]})),
    "encrypted-region": {"region": ENCRYPTED},
    "encrypted-elsewhere": in_dublin(password=ENCRYPTED),
    "unknown-text": {"region": UNKNOWN_TEXT},
    "unknown-list": {"region": UNKNOWN_LIST},
    "unreadable": {"region": "[secret]"},
    "asset-by-uri": in_dublin(source=asset(uri="https://files.example.net/x", hash="h")),
    "asset-by-text": in_dublin(source=asset(text=f"send to {ABROAD}")),
    "asset-by-path": in_dublin(source=asset(path="us-east-1")),
    "asset-in-the-place-of-a-region": in_dublin(targetRegion=asset(path="us-east-1")),
    "archive-by-uri": in_dublin(code=archive(uri="https://files.example.net/x.zip")),
    "archive-by-path": in_dublin(code=archive(path="./app")),
    "archive-of-nothing": in_dublin(code=archive(hash="h")),
    "reference-to-a-component": in_dublin(destArn=reference(urn=PROVIDER)),
    "reference-by-id": in_dublin(destArn=reference(urn=PROVIDER, id=ABROAD)),
    "reference-of-an-old-engine": in_dublin(destArn=reference(urn=PROVIDER, id={"V": ABROAD})),
    "bytes": {"region": text_of_bytes("dXMtZWFzdC0x")},
    "number": in_dublin(size=number("3ff0000000000000")),
    "account-as-a-number": in_dublin(accountId=999988887777),
    "own-account-as-a-number": in_dublin(accountId=111122223333.0),
    "region-as-a-truth": {"region": True},
    "region-as-a-number": {"region": 7},
    "region-as-a-list": {"region": ["eu-west-1"]},
    "region-as-null": {"region": None},
    "own-key-of-the-engine": in_dublin(__defaults=[ABROAD]),
    "own-key-below": in_dublin(a={"__defaults": [ABROAD]}),
    "half-a-letter": {"region": "us-east-1\ud800"},
    "nested-300-times": in_dublin(a=json.loads("[" * 300 + "]" * 300)),
    "nothing": None,
}
"""Inputs of a bucket, by what is special about them."""

RESOURCES: dict[str, dict[str, Any]] = {
    "provider-not-in-the-state": bucket("r1", provider=f"{PREFIX}pulumi:providers:aws::other::p"),
    "provider-reference-torn": bucket("r2", provider="torn"),
    "provider-with-another-id": bucket("r3", provider=f"{PROVIDER}::other"),
    "without-a-provider": bucket("r4", provider=""),
    "read-and-not-managed": bucket("r5", {}, external=True, outputs={"region": "us-east-1", "arn": "arn:aws:s3:::r5"}),
    "about-to-be-deleted": bucket("r6", {"region": "us-east-1"}, delete=True),
    "not-custom": {**bucket("r7", {"region": "us-east-1"}, custom=False), "id": ""},
    "component": {"urn": f"{PREFIX}my:mod:Comp::r8", "custom": False, "type": "my:mod:Comp", "inputs": in_dublin()},
    "component-with-a-provider": {**bucket("r9", type_="my:mod:Comp", custom=False), "id": ""},
    "unknown-type-without-a-provider": bucket("r10", type_="my:mod:Thing", provider=""),
    "name-with-colons": bucket("r11::b::c", {"region": "us-east-1"}),
    "field-in-another-spelling": {**bucket("r13", {}), "Inputs": {"region": "us-east-1"}, "inputs": None},
}
"""Entries of a state, by what is special about them."""
del RESOURCES["field-in-another-spelling"]["inputs"]
JUDGED_HERE_ALONE = (
    "about-to-be-deleted",
    "provider-not-in-the-state",
    "provider-reference-torn",
    "provider-with-another-id",
)
"""Entries of which the engine shows packs less than is there: nothing, or a provider that it takes for another."""


def everything() -> dict[str, Any]:
    """One export with all of the above."""
    return export(*(bucket(name, inputs) for name, inputs in INPUTS.items()), *RESOURCES.values())


def with_region(text: str) -> str:
    """The text of an export with another text in the place of a region."""
    return json.dumps(export(bucket(inputs={"region": "HERE"}))).replace('"HERE"', text)


MALFORMED: dict[str, str] = {
    "cut": json.dumps(export(bucket()))[:-40],
    "not JSON": "hello",
    "empty": "",
    "marked as UTF-8": "\ufeff" + json.dumps(export(bucket())),
    "a list": "[]",
    "null": "null",
    "no deployment": '{"version": 3}',
    "a bare deployment": json.dumps(export(bucket())["deployment"]),
    "a checkpoint": json.dumps({"version": 3, "checkpoint": {"latest": export(bucket())["deployment"]}}),
    "no version": json.dumps({"deployment": export(bucket())["deployment"]}),
    "a later version": json.dumps({**export(bucket()), "version": 5}),
    "a version that is a text": json.dumps({**export(bucket()), "version": "3"}),
    "an unknown feature": json.dumps({**export(bucket()), "version": 4, "features": ["zz"]}),
    "resources that are no list": '{"version": 3, "deployment": {"resources": {}}}',
    "a resource that is a text": '{"version": 3, "deployment": {"resources": ["x"]}}',
    "a resource without URN": json.dumps(export({**bucket(), "urn": ""})),
    "a resource without type": json.dumps(export({**bucket(), "type": ""})),
    "a URN that is none": json.dumps(export({**bucket(), "urn": "store"})),
    "a component with an id": json.dumps(export(bucket(custom=False))),
    "inputs that are a list": json.dumps(export(bucket(inputs=[]))),
    "a provider that is an object": json.dumps(export(bucket(provider={}))),
    "an encrypted secret of nobody": json.dumps(export(bucket(inputs={"region": ENCRYPTED}), secrets_providers=None)),
    "a secret without content": with_region(json.dumps(signed("1b47061264138c4ac30d75fd1eb44270"))),
    "a secret with two contents": with_region(json.dumps({**secret("x"), **ENCRYPTED})),
    "a secret that is not JSON": with_region(json.dumps({**secret("x"), "plaintext": "eu-west-1"})),
    "an output that is not yet known": with_region(json.dumps(signed("d0e6a833031e9bbcd3f4e8bde6ca49a4"))),
    "an unknown signature": with_region(json.dumps(signed("zz"))),
    "an archive of a text": with_region(json.dumps(archive(assets={"a": "b"}))),
    "an asset with a path that is a number": with_region(json.dumps(asset(path=3))),
    "a reference without URN": with_region(json.dumps(reference())),
    "a reference with an id that is null": with_region(json.dumps(reference(urn=PROVIDER, id=None))),
    "bytes that are no text": with_region(json.dumps(text_of_bytes("/w=="))),
    "a signed number that is none": with_region(json.dumps(number("7ff8000000000001"))),
    "a number beyond all bounds": with_region("1e999"),
    "a number that is none": with_region("NaN"),
}
"""What the engine refuses to read, or ends with an error; an audit must not pass it either."""

AMBIGUOUS: dict[str, str] = {
    "more behind the end": json.dumps(export(bucket())) + " x",
    "one key twice": with_region('"eu-west-1", "region": "us-east-1"'),
    "one field in two spellings": json.dumps(export({**bucket(), "Inputs": {}})),
    "an older version": json.dumps({**export(bucket()), "version": 2}),
    "nested beyond all bounds": with_region("[" * 100_000 + "]" * 100_000),
    "an asset without content": with_region(json.dumps(asset(hash="h"))),
}
"""What the engine reads in its own way, or dies of: nobody should have to know how."""

BROKEN: dict[str, dict[str, Any]] = {
    "one resource twice": export(bucket(), bucket()),
    "one resource three times, one of them about to go": export(bucket(), bucket(delete=True), bucket()),
    "a resource that is its own parent": export(bucket(parent=f"{PREFIX}{BUCKET}::store")),
    "two that are each other's parent": export(
        bucket(parent=f"{PREFIX}{BUCKET}::b"), bucket("b", parent=f"{PREFIX}{BUCKET}::store")
    ),
    "three in a circle of parents": export(
        *(bucket(one, parent=f"{PREFIX}{BUCKET}::{other}") for one, other in ("ab", "bc", "ca"))
    ),
    "a parent that is not there": export(bucket(parent=f"{PREFIX}my:mod:Comp::gone")),
    "a parent that comes after": export(
        bucket(parent=f"{PREFIX}my:mod:Comp::late"),
        {"urn": f"{PREFIX}my:mod:Comp::late", "type": "my:mod:Comp", "custom": False},
    ),
    "a dependency that is not there": export(bucket(dependencies=[STACK, f"{PREFIX}{BUCKET}::gone"])),
    "a dependency that comes after": export(bucket(dependencies=[f"{PREFIX}{BUCKET}::b"]), bucket("b")),
    "a dependency on itself": export(bucket(dependencies=[f"{PREFIX}{BUCKET}::store"])),
    "an input from what is not there": export(bucket(propertyDependencies={"arn": [f"{PREFIX}{BUCKET}::gone"]})),
    "an input from what comes after": export(bucket(propertyDependencies={"a": [f"{PREFIX}{BUCKET}::b"]}), bucket("b")),
    "to be deleted with what is not there": export(bucket(deletedWith=f"{PREFIX}{BUCKET}::gone")),
    "to be replaced with what is not there": export(bucket(replaceWith=[f"{PREFIX}{BUCKET}::gone"])),
    "a magic of another version": export(bucket(), manifest={"magic": "0" * 64, "version": "v3.259.0"}),
    "PARENT in another spelling": export({**bucket(parent=""), "Parent": f"{PREFIX}my:mod:Comp::gone"}),
}
"""What the engine reads and then refuses as a whole: `Snapshot.VerifyIntegrity`."""
del BROKEN["PARENT in another spelling"]["deployment"]["resources"][-1]["parent"]

WHOLE: dict[str, dict[str, Any]] = {
    "two copies, one about to go": export(bucket(), bucket(delete=True)),
    "two copies, the older about to go": export(bucket(delete=True), bucket()),
    "nothing but copies that are about to go": export(bucket(delete=True), bucket(delete=True)),
    "a dependency on what is about to go": export(
        bucket("b", delete=True), bucket(dependencies=[f"{PREFIX}{BUCKET}::b"])
    ),
    "empty names of dependencies": export(bucket(dependencies=[""], deletedWith="", replaceWith=[])),
    "the right magic": export(
        bucket(), manifest={"magic": hashlib.sha256(b"v3.259.0").hexdigest(), "version": "v3.259.0"}
    ),
}
"""Near misses of these."""

EMPTY: dict[str, str] = {
    "no resources": '{"version": 3, "deployment": {"resources": []}}',
    "no list of resources": '{"version": 3, "deployment": {}}',
}
"""Where nothing is judged."""
