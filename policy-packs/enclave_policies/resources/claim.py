"""What an input says: one typed claim for each place, host, bucket, account, key or image that it names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["host", "place", "bucket", "store", "account", "mail", "model", "default", "credential", "unreadable"]
"""``host``: a name or address that is connected to. ``place``: a region or zone. ``bucket``: a bucket by name.
``store``: a bucket of another cloud. ``account``: an AWS account. ``mail``: a mailbox. ``model``: a model profile that
answers from several regions. ``default``: what an absent input means. ``credential``: a password in the clear.
``unreadable``: a value that chooses a destination, and that this judge cannot read."""

Effect = Literal["kept", "copied", "linked", "asked", "identity", "payload", "prohibition"]
"""What the input does: data is kept there; a copy goes there; a way leads there; it is asked for something; it only
names somebody; it is data for a reader; it is shut out."""

Given = Literal["given", "defaulted", "sealed", "unknown"]
"""``given`` in the clear; ``defaulted``: nobody said it; ``sealed``: a secret that this judge cannot read; ``unknown``
until the engine computes it."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One thing that an input says.

    ``key`` is what the value is called where it stands; ``block`` the path of the settings that belong together with it
    (with list indices), so that a client's region and endpoint are judged as a whole; ``public``: the host must show a
    public certificate; ``words`` say what an absence means.
    """

    kind: Kind
    value: Any
    key: str = ""
    path: str = ""
    block: tuple[str, ...] = ()
    effect: Effect = "linked"
    given: Given = "given"
    public: bool = False
    words: str = ""
