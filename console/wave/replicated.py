"""Waves that S3 brings in by itself: its job for what was there before is begun once for each plan, and told of."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import boto3

from components.aws.replications import replications
from console.gate.errors import RefusedError
from console.wave.working import failures
from hosts.wave.replication import batch

if TYPE_CHECKING:
    from collections.abc import Callable

    from components.declaration import Declaration
    from hosts.wave.replication import End, Replication
    from hosts.wave.state import State

LOST: Final = frozenset({"Failed", "Failing", "Cancelled", "Cancelling"})
ENDED: Final = "Complete"
NONE_HERE: Final = "the sandbox's stand-in of S3 replicates nothing, so all of it was copied from here"


@dataclass(frozen=True)
class Job:
    """How far S3's job is: its id and status, and objects that it has done, failed to do, and knows of."""

    id: str
    status: str
    done: int = 0
    failed: int = 0
    whole: int = 0
    reasons: tuple[str, ...] = field(default=())

    @property
    def over(self) -> bool:
        """Whether it is done, whatever failed of it: what is missing is asked of the listings."""
        return self.status == ENDED

    @property
    def words(self) -> str:
        """Return it as a sentence."""
        return f"S3's job {self.id} is {self.status}: {self.done:,} of {self.whole:,} versions, {self.failed:,} failed"


def control(declaration: Declaration, source: End) -> Any:
    """Return a client that begins and asks for jobs at a source; None in a sandbox, whose stand-in of AWS has none."""
    if declaration.sandbox:
        return None
    return boto3.Session(profile_name=source.site).client("s3control", region_name=source.region)


def job_of(stack: str, wave: str, declaration: Declaration, state: State, lacks: Callable[[], bool]) -> Job | None:
    """Return the job of a wave's plan, begun now where there is none and the target ``lacks`` content.

    None where nobody replicates, or nothing is to be replicated. Raises RefusedError where the job came to nothing and
    something is lacking still, EngineError.
    """
    one = replications(declaration)[wave]
    with failures():
        client = control(declaration, one.source)
        if client is None or (state.job is None and not lacks()):
            return None  # S3 may call a job of no object a failure
        # The same token for the same plan: S3 begins no second job after a kill between here and the journal.
        token = hashlib.sha256(f"{stack}/{wave}/{state.plans}".encode()).hexdigest()
        job = state.job or client.create_job(**batch(one, token))["JobId"]
        found = _found(client, one, job)
    if found.status not in LOST:
        return found
    if not lacks():
        return None
    reasons = "; ".join(found.reasons) or "it tells no reason"
    raise RefusedError(f"{found.words} ({reasons}); plan again, and another one is begun")


def _found(client: Any, one: Replication, job: str) -> Job:
    told = client.describe_job(AccountId=one.source.account, JobId=job)["Job"]
    counted = told.get("ProgressSummary", {})
    reasons = tuple(str(each.get("FailureReason", "")) for each in told.get("FailureReasons", ()))
    return Job(
        job,
        told["Status"],
        done=counted.get("NumberOfTasksSucceeded", 0),
        failed=counted.get("NumberOfTasksFailed", 0),
        whole=counted.get("TotalNumberOfTasks", 0),
        reasons=reasons,
    )
