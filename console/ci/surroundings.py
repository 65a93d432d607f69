"""Which secrets this process has been given."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from console.ci.needs import Homes, Need
from console.gate.stack import project
from console.gate.state_home import backend_url, secrets_provider

if TYPE_CHECKING:
    from collections.abc import Iterable


def homes_of(stack: str | None) -> Homes:
    """Return where a stack's state and secrets are kept; where all states are, for None. Raises ProblemsError."""
    backend, _ = backend_url(project, os.environ)
    return Homes(backend, secrets_provider(project, stack)[0] if stack else "")


def missing(needs: Iterable[Need], homes: Homes) -> tuple[Need, ...]:
    """Return the secrets that are not there; an empty one is none: a job gets it for a secret that nobody has set."""
    return tuple(need for need in needs if not _there(need, homes))


def _there(need: Need, homes: Homes) -> bool:
    if need is Need.BACKEND:
        return bool(homes.backend)
    if need is Need.TOKEN:
        home = Path(os.environ.get("PULUMI_HOME") or Path.home() / ".pulumi")
        return bool(os.environ.get("PULUMI_ACCESS_TOKEN")) or (home / "credentials.json").is_file()
    if need is Need.PASSPHRASE:
        file = os.environ.get("PULUMI_CONFIG_PASSPHRASE_FILE")
        return bool(os.environ.get("PULUMI_CONFIG_PASSPHRASE")) or bool(file and (project / file).is_file())
    return _aws()


@cache
def _aws() -> bool:
    """Whether anything gives credentials: variables, a profile, a web identity, or the machine's own role."""
    import boto3  # noqa: PLC0415  0.3 s, and not every stack needs it
    from botocore.exceptions import BotoCoreError  # noqa: PLC0415

    try:
        return boto3.Session().get_credentials() is not None
    except BotoCoreError:  # a profile that is not there, or half of a pair
        return False
