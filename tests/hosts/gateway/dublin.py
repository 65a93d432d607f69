"""The tests' enclave with a site in AWS, whose gateways have hosts of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from components.declaration import load_declaration
from components.declaration.model import AwsSite
from tests.gateways.conftest import DECLARED

if TYPE_CHECKING:
    from components.declaration.model import Declaration

GATEWAY: Final = "employees"
DUBLIN: Final = AwsSite.model_validate(
    {
        "kind": "aws",
        "country": "IE",
        "region": "eu-west-1",
        "account": "111122223333",
        "cidr": "10.16.0.0/16",
        "lifecycle": "live",
    }
)


def declared() -> Declaration:
    """Return the enclave with the site ``dublin`` alone."""
    return load_declaration(DECLARED).model_copy(update={"sites": {"dublin": DUBLIN}})
