"""Waves that workers on the site bring in: their plan is left for them, and what they tell is noted in the journals."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from console.gate.errors import RefusedError
from hosts.wave.plan import Lying, Plan, index_of, planned

if TYPE_CHECKING:
    from collections.abc import Mapping

    from components.declaration.model import Wave, WaveJob
    from hosts.wave.state import State
    from hosts.wave.store import Store


@dataclass(frozen=True)
class Told:
    """What workers have left: results by bucket and part, and what stopped the others, by index."""

    done: Mapping[str, Mapping[int, Mapping[str, Any]]] = field(default_factory=dict)
    stopped: Mapping[int, str] = field(default_factory=dict)


def plan_of(wave: Wave, states: Mapping[str, State]) -> Plan:
    """Return the plan that the journals of a wave hold; ``states`` by bucket."""
    number = max((state.plans for state in states.values()), default=0)
    return planned(number, {bucket: (wave.buckets[bucket], state.parts) for bucket, state in states.items()})


def leave(plan: Plan, wave: str, kept: Store) -> None:
    """Put a plan where workers find it; ``kept`` is the bucket of the journal."""
    kept.client.put_object(Bucket=kept.bucket, Key=Lying(wave, plan.name).content, Body=plan.content)


def told(plan: Plan, wave: str, job: WaveJob, kept: Store) -> Told:
    """Return what workers have left about a plan. Raises RefusedError where another one is declared."""
    if job.plan != plan.name:
        raise RefusedError(
            f"the declaration has the plan '{job.plan}', and the journal {plan.name}; "
            "no worker runs by it: `enclave wave plan --write`, then `enclave up`"
        )
    done: dict[str, dict[int, Mapping[str, Any]]] = {}
    stopped: dict[int, str] = {}
    lying = Lying(wave, plan.name)
    for page in kept.client.get_paginator("list_objects_v2").paginate(Bucket=kept.bucket, Prefix=lying.results):
        for each in page.get("Contents", ()):
            body = kept.client.get_object(Bucket=kept.bucket, Key=each["Key"])["Body"].read()
            index, result = index_of(each["Key"]), json.loads(body)
            item = plan.items[index]
            if "problem" in result:
                stopped[index] = str(result["problem"])
            else:
                done.setdefault(item.source, {})[item.part.number] = result
    return Told(done, stopped)
