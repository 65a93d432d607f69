"""What a stack says of its enclave as a whole: whose data it holds, its sites. The root component carries it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final

from enclave_policies.law.instruments import REGIMES
from enclave_policies.law.transition import Leaving
from enclave_policies.reading.gathered import each, once

if TYPE_CHECKING:
    from collections.abc import Mapping

    from enclave_policies.law.instruments import Regime
    from enclave_policies.reading.reading import Reading
    from enclave_policies.reading.stack import Stack

TYPE: Final = "enclave:index:Enclave"
TRANSITIONAL: Final = "transitional"


@once
def regimes_of(stack: Stack) -> tuple[Regime, ...]:
    """Return whose data the stack holds; every regime's where nobody says it, or says what nobody knows."""
    said = {regime for found in each(stack, stack.of_type(TYPE), subjects_of) for regime in found}
    return tuple(regime for regime in REGIMES if regime in said) or REGIMES


def subjects_of(reading: Reading) -> tuple[Regime, ...]:
    """Return whose data one root component says the stack holds; every regime's as in `regimes_of`."""
    subjects = reading.setting("subjects")
    told = isinstance(subjects, list) and all(each in REGIMES for each in subjects)
    return tuple(regime for regime in REGIMES if not told or regime in subjects) or REGIMES


@once
def stages_of(stack: Stack) -> Mapping[str, str]:
    """Return the stage of each site that the stack declares; "" where it says none that a text names."""
    return {name: stage for found in each(stack, stack.of_type(TYPE), stages_at) for name, stage in found.items()}


def stages_at(reading: Reading) -> Mapping[str, str]:
    """Return the stage of each site that one root component tells, as in `stages_of`."""
    sites = reading.setting("sites")
    if not isinstance(sites, dict):
        return {}
    told = {str(name): site.get("stage") if isinstance(site, dict) else None for name, site in sites.items()}
    return {name: stage if isinstance(stage, str) else "" for name, stage in told.items()}


def leaving_in(reading: Reading, stack: str) -> dict[str, Leaving]:
    """Return the transitional sites that a root component tells of, by name; ``stack`` is what it is called."""
    sites, waves = reading.setting("sites"), reading.setting("waves")
    named = waves if isinstance(waves, dict) else {}
    return {
        str(name): Leaving(
            stack=stack,
            site=str(name),
            account=_text(site.get("account")),
            region=_text(site.get("region")),
            country=_text(site.get("country")),
            exit_by=day_in(site.get("exitBy")),
            waves=tuple(
                (str(wave), frozenset(each for each in _list(told.get("classes")) if isinstance(each, str)))
                for wave, told in sorted(named.items())
                if isinstance(told, dict) and told.get("from") == name
            ),
        )
        for name, site in sorted((sites if isinstance(sites, dict) else {}).items())
        if isinstance(site, dict) and site.get("role") == TRANSITIONAL
    }


@once
def waves_of(stack: Stack) -> Mapping[str, tuple[str, str]]:
    """Return from which site to which each wave leads that the stack declares; "" where it does not say it."""

    def told(reading: Reading) -> dict[str, tuple[str, str]]:
        waves = reading.setting("waves")
        named = waves.items() if isinstance(waves, dict) else ()
        return {
            str(name): (_text(one.get("from")), _text(one.get("to"))) for name, one in named if isinstance(one, dict)
        }

    return {name: ends for found in each(stack, stack.of_type(TYPE), told) for name, ends in found.items()}


@once
def leaving_of(stack: Stack) -> Mapping[str, Leaving]:
    """Return the transitional sites that the stack declares, by name."""
    found = each(stack, stack.of_type(TYPE), lambda reading: leaving_in(reading, stack.name))
    return {name: site for told in found for name, site in told.items()}


def day_in(value: Any) -> date | None:
    """Return the day that a text names, None for anything else."""
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
