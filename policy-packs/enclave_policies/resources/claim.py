"""What an input says: one typed claim for each place, host, bucket, account, network or image that it names."""

from __future__ import annotations

from typing import Any, Final, Literal, NamedTuple

KINDS: Final = {
    "host": "a name or an address that is connected to",
    "aws-host": "a host of AWS, wherever it stands in a text",
    "url": "a URL",
    "place": "a region or a zone, wherever it stands",
    "region": "a region, in an input that means one",
    "region-keys": "regions that are the keys of a map",
    "zone": "an availability zone",
    "edge": "an Outpost, a gateway of a local zone, a building: no region tells where it is",
    "arn": "an Amazon Resource Name",
    "bucket": "a bucket of an object store, by name",
    "s3": "a bucket by its URL",
    "store": "a bucket of another cloud",
    "account": "an AWS account, or a principal",
    "network": "an address or a block of addresses",
    "subnet": "a subnet",
    "hosted-zone": "a hosted zone of Route 53",
    "joins": "membership in what spans regions",
    "image": "a container or machine image",
    "mail": "a mailbox",
    "model": "a model profile that answers from several regions",
    "document": "a policy document",
    "template": "a text whose meaning another system decides",
    "text": "a text that a program will read (texts.reader.Text)",
    "default": "what the absence of an input means",
    "variable": "a variable of the environment that says where a program sends data, or what it asks",
    "credential": "a password in the clear; its value is never kept",
    "unreadable": "a value that chooses a destination, and that this judge cannot read",
    "unknown": "a value that nobody knows yet, in an input without a meaning of its own",
    "setting": "what decides by its value or by its absence, and names nothing",
}
"""The closed set of kinds, and what a claim of each names."""

Effect = Literal["kept", "copied", "linked", "asked", "identity", "payload", "prohibition", "decides"]
"""What the input does: data is kept there; a copy goes there; a way leads there; something is fetched from there; it
only names somebody; it is data for a reader; it is shut out; it decides by itself what the resource does."""

Given = Literal["given", "defaulted", "sealed", "unknown"]
"""``given`` in the clear; ``defaulted``: nobody said it; ``sealed``: a secret that this judge cannot read; ``unknown``
until the engine computes it."""


class Claim(NamedTuple):
    """One thing that an input says.

    ``kind`` is one of KINDS; ``key`` is what the value is called where it stands, ``path`` where that is (dotted,
    without list indices); ``block`` the path of the settings that belong together with it (with list indices), so that
    a client's region and endpoint are judged as a whole; ``public``: the host must show a public certificate; ``words``
    say what an absence means.
    """

    kind: str
    value: Any
    key: str = ""
    path: str = ""
    block: tuple[str, ...] = ()
    effect: Effect = "linked"
    given: Given = "given"
    public: bool = False
    words: str = ""
