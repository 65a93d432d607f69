"""Every type of the SDK that says yes to somebody names the other end in an input that some rule judges."""

from __future__ import annotations

import json

from enclave_policies.law.folder import load_law
from enclave_policies.law.folder.manifest import PACKS
from enclave_policies.rules.jurisdiction.aws.membership import ACCEPTING

BY_ARN = {"detective/invitationAccepter", "licensemanager/licenseGrantAccepter", "ram/resourceShareAccepter"}
"""Types whose one input is an ARN: its account and region are judged by its shape."""


def test_every_type_that_accepts_says_what_it_accepts() -> None:
    law = load_law()
    sdk = json.loads((PACKS / "jurisdiction/law/catalog/sdk.json").read_text(encoding="utf-8"))["aws"]["types"]
    accepting = [type_ for type_ in sdk if ACCEPTING.search(type_)]
    assert len(accepting) > len(BY_ARN)
    silent = [
        type_
        for type_ in accepting
        if law.kind(type_) != "worldwide"
        and type_.split(":")[1] not in BY_ARN
        and not {"account", "joins"} & set(law.inputs.get(type_, {}).values())
    ]
    assert silent == []
