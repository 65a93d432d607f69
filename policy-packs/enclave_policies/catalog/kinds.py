"""The kinds of resource types: what places a type, or why it has no place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

Kind = Literal[
    "regional",
    "provider-region",
    "global",
    "follows",
    "worldwide",
    "opaque",
    "kubernetes",
    "kubernetes-opaque",
    "component",
    "builtin",
    "placeless",
    "foreign",
    "no-region",
]

KINDS: Final[Mapping[str, str]] = {
    "regional": "placed by its own region, else by its provider's",
    "provider-region": "AWS, placed by its provider's region alone",
    "global": "AWS control plane that has no place (IAM, Organizations, ...): allowed",
    "follows": "AWS, placed where the resource it belongs to is placed",
    "worldwide": "AWS data plane in many countries at once: refused",
    "opaque": "creates things that nobody sees beforehand: refused unless waived or parsed",
    "kubernetes": "placed by the cluster behind its provider",
    "kubernetes-opaque": "in the cluster behind its provider, creates things that nobody sees beforehand: refused",
    "component": "groups other resources, has no place",
    "builtin": "the engine's own, has no place",
    "placeless": "computed inside the run, nothing is placed anywhere",
    "foreign": "of a provider that this catalog does not judge: refused",
    "no-region": "AWS type without a region input that nobody has judged yet: refused",
}

UNJUDGED: Final[Kind] = "no-region"
"""What an SDK tells of a type that only a person can place; no table may say it."""
