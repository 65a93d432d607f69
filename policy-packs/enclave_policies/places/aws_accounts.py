"""Accounts of AWS itself: whose each is, and what to use instead. The table is aws_accounts.yaml beside this module."""
# Annotations are evaluated here (no __future__ import): they are the schema.

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Final

import located_yaml
from located_yaml.records import AtLeast, Matching, read_record

FILE: Final = Path(__file__).with_name("aws_accounts.yaml")
AccountId = Annotated[str, Matching(r"[0-9]{12}", "an AWS account, 12 digits in quotes")]


@dataclass(frozen=True, slots=True)
class AwsAccounts:
    """What AWS serves from some accounts, and what to do instead of naming one."""

    of: str
    instead: str
    source: str
    as_of: date
    accounts: Annotated[tuple[AccountId, ...], AtLeast(1)]


@dataclass(frozen=True, slots=True)
class AwsAccountsFile:
    """aws_accounts.yaml."""

    groups: Annotated[tuple[AwsAccounts, ...], AtLeast(1)]


@lru_cache(maxsize=1)
def aws_accounts() -> Mapping[str, AwsAccounts]:
    """Return the table by account. Raises ProblemsError."""
    groups = read_record(located_yaml.load(FILE), AwsAccountsFile).groups
    return {account: group for group in groups for account in group.accounts}
