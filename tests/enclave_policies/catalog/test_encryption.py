"""What the table of encryption tells about: no input that it names may be asked of people again."""

from __future__ import annotations

from enclave_policies.catalog.encryption import Condition, Encryption, Named, Setting


def test_every_input_that_a_row_names_is_one_that_it_tells_about() -> None:
    known = Encryption(
        "encrypts",
        keys=(Named("key", "aws-owned", Condition(within="volumes", unless="off")),),
        settings=(Setting("mode", frozenset({"kms"}), "required", Condition(when="on")),),
        of="bucket",
        none=("keyName",),
        condition=Condition(within="disks"),
    )
    assert known.paths == {"key", "volumes", "off", "mode", "on", "bucket", "keyName", "disks"}
    assert Encryption("no-data").paths == frozenset()
