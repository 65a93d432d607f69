"""A statement over many files is longer than KMS takes as it is: its digest is sent, and the signature fits."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from console.inspect.keys import LONGEST, _KmsSigner
from hosts.gateway import dsse

DIGEST = 32
KINDS = {
    "RAW": (ECDSA(SHA256()), range(LONGEST + 1)),
    "DIGEST": (ECDSA(Prehashed(SHA256())), range(DIGEST, DIGEST + 1)),
}


class StandIn:
    """A stand-in for KMS that holds to the limits of its API reference (Sign); moto knows no limit and no digest."""

    def __init__(self) -> None:
        self.key = generate_private_key(SECP256R1())

    def sign(self, *, KeyId: str, Message: bytes, MessageType: str, SigningAlgorithm: str) -> dict[str, Any]:  # noqa: N803 (boto3's names)
        """Sign as KMS does; what is longer than it takes is refused."""
        scheme, lengths = KINDS[MessageType]
        assert (KeyId, SigningAlgorithm) == ("key", "ECDSA_SHA_256")
        assert len(Message) in lengths, f"KMS takes no {MessageType} of {len(Message)} bytes"
        return {"Signature": self.key.sign(Message, scheme)}


@pytest.mark.parametrize("length", [1, 3_000, 4_000, 10_000])
def test_a_signature_fits_however_long_the_statement_is(length: int) -> None:
    kms = StandIn()
    public = b64encode(kms.key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()
    key = dsse.inspectors_key("it", public)
    envelope = dsse.unsigned(b"x" * length, "text/plain")
    envelope.sign(_KmsSigner(kms, "key", key))
    assert dsse.all_fit(envelope, {"it": key})


def test_a_signer_that_sends_everything_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The seeded bug of this family."""
    monkeypatch.setattr("console.inspect.keys.LONGEST", 1_000_000)
    with pytest.raises(AssertionError, match="KMS takes no RAW of 10"):
        test_a_signature_fits_however_long_the_statement_is(10_000)
