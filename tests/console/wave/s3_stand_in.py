"""A stand-in of what S3 does by a replication: jobs, and copies of versions by the configuration of the bucket."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from hosts.wave.versions import histories

if TYPE_CHECKING:
    from hosts.wave.store import Store


@dataclass
class StandInOfS3:
    """It takes jobs and answers for them (s3control), and copies when it is told to `work`: never a delete marker."""

    source: Store
    target: Store
    asked: list[dict[str, Any]] = field(default_factory=list)
    status: str = "Active"
    copied: int = 0

    def create_job(self, **told: Any) -> dict[str, str]:
        """Take a job; one with the token of an earlier one is the same."""
        if told["ClientRequestToken"] not in {each["ClientRequestToken"] for each in self.asked}:
            self.asked.append(told)
        return {"JobId": f"job-{len(self.asked)}"}

    def describe_job(self, AccountId: str, JobId: str) -> dict[str, Any]:  # noqa: N803 (AWS's names)
        """Answer for a job."""
        assert (AccountId, JobId) == ("111122223333", f"job-{len(self.asked)}")
        counted = {"TotalNumberOfTasks": 5, "NumberOfTasksSucceeded": self.copied, "NumberOfTasksFailed": 0}
        return {"Job": {"JobId": JobId, "Status": self.status, "ProgressSummary": counted}}

    def work(self) -> None:
        """Copy what the bucket's own configuration says, the oldest version of a key first."""
        asked = self.source.client.get_bucket_replication(Bucket=self.source.bucket)["ReplicationConfiguration"]
        assert [rule["Destination"]["Bucket"] for rule in asked["Rules"]] == [f"arn:aws:s3:::{self.target.bucket}"]
        for history in histories(self.source.versions()):
            for version in history.versions:
                if not version.marker:
                    self.target.write(version.key, self.source.read(version))
                    self.copied += 1
        self.status = "Complete"
