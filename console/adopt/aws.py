"""What an account has in a site's region, as AWS lists it: requests that only read."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import jmespath  # type: ignore[import-untyped]

from console.adopt.objects import Existing, Gap, Object, Part, kinds
from console.gate.recover.aws_finding import Aws, Finder, NoAnswerError, filled
from console.gate.recover.aws_listing import account_of, answer, listed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from components.declaration.model import AwsSite
    from console.gate.recover.aws_listing import Listed


def existing(
    name: str, site: AwsSite, provider: Mapping[str, Any], elsewhere: frozenset[str], finder: Finder
) -> Existing:
    """Return what there is of a site's account in its region, and in regions where the account has no site at all.

    ``provider`` are the inputs of the site's provider, ``elsewhere`` the regions of the account's other sites.
    """
    try:
        account = account_of(Aws.of(provider))
    except NoAnswerError as error:
        return Existing(gaps=(Gap(name, "account", str(error)),))
    if account != site.account:
        why = f"account {account} answers, and the site is declared in {site.account}; use credentials of that account"
        return Existing(gaps=(Gap(name, "account", why),))
    objects: list[Object] = []
    gaps: list[Gap] = []
    for kind, row in kinds("aws").items():
        try:
            found = [each for each in listed(finder, row["type"], provider, {}) if each.region not in elsewhere]
        except NoAnswerError as error:
            gaps.append(Gap(name, kind, str(error)))
            continue
        for each in found:
            abroad = each.region if each.region and each.region != site.region else None
            at = f"@{abroad}" if abroad else ""
            one = Object(name, kind, Part(row["type"], f"{each.id}{at}"), (), abroad, each.trouble)
            objects.append(one if each.trouble else _asked(one, each, row, provider, finder))
    return Existing(tuple(objects), tuple(gaps))


def _asked(one: Object, found: Listed, row: Mapping[str, Any], provider: Mapping[str, Any], finder: Finder) -> Object:
    """Return an object with its parts and what speaks against it, or with the trouble that there was."""
    try:
        parts = tuple(_parts(one, row["parts"], provider, finder))
        return replace(one, parts=parts, against=tuple(dict.fromkeys(_against(one, found, row, provider, finder))))
    except NoAnswerError as error:
        return replace(one, trouble=str(error))


def _against(
    one: Object, found: Listed, row: Mapping[str, Any], provider: Mapping[str, Any], finder: Finder
) -> Iterator[str]:
    for must in row.get("must") or ():
        if "asked" in must and jmespath.search(must["at"], found.told[must["asked"]]) not in must["is"]:
            yield must["else"]
    aws = replace(Aws.of(provider), region=one.abroad) if one.abroad else Aws.of(provider)
    for never in row.get("never") or ():
        parameters, at = filled([never.get("parameters") or {}, never["at"]], {"id": one.name})
        if any(jmespath.search(at, page) for page in answer(finder, aws, never["ask"], parameters, never.get("gone"))):
            yield never["else"]


def _parts(
    one: Object, types: Mapping[str, Mapping[str, str]], provider: Mapping[str, Any], finder: Finder
) -> Iterator[Part]:
    for type_, belongs in types.items():
        if not belongs:
            yield Part(type_, one.itself.id)
            continue
        for found in listed(finder, type_, provider, filled(belongs, {"id": one.name})):
            if found.trouble:
                raise NoAnswerError(f"{found.id} ({type_}): {found.trouble}")
            yield Part(type_, found.id)
