"""Who is given the right to write data: what policies say of buckets, and who may encrypt by which key.

It reads policies of identities, buckets and keys, and grants of keys. A policy that only bounds what others give (of an
endpoint, of an organisation) gives nothing. Source: Service Authorization Reference, Amazon S3 and AWS KMS.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from enclave_policies.iam.documents import statements
from enclave_policies.iam.wildcards import matches
from enclave_policies.key_custody.keyring import KEYS, keyring_of
from enclave_policies.key_custody.owner import buckets_of
from enclave_policies.key_custody.policies import CRYPT, KEY_POLICIES, allowed
from enclave_policies.reading.stack import BUCKET_TYPES
from enclave_policies.resources.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from enclave_policies.iam.documents import Statement
    from enclave_policies.reading.reading import Reading
    from enclave_policies.reading.stack import Stack

PUTTING: Final = frozenset({"s3:putobject", "s3:replicateobject"})
ENCRYPTING: Final = CRYPT - {"kms:decrypt", "kms:reencryptfrom"}
IDENTITY: Final = ("aws:iam/", "aws:ssoadmin/")
BUCKET_POLICY: Final = "aws:s3/bucketPolicy:BucketPolicy"
KEY_POLICY: Final = "aws:kms/keyPolicy:KeyPolicy"
GRANT: Final = "aws:kms/grant:Grant"
SERVICE_ROLE: Final = ":role/aws-service-role/"
"""Of AWS itself: it encrypts the volumes of hosts, whatever is in them."""
S3: Final = re.compile(r"^arn:[a-z*-]*:s3:::")


def written(reading: Reading, stack: Stack) -> Iterator[tuple[Reading, str]]:
    """Yield each bucket and key of the stack that a resource lets somebody write into or encrypt by, and the input."""
    type_ = reading.resource.type
    if type_ == GRANT:
        operations = reading.setting("operations")
        told = {f"kms:{str(each).lower()}" for each in operations} if isinstance(operations, list) else ENCRYPTING
        yield from ((key, "operations") for key in _keys(reading, stack) if told & ENCRYPTING)
    for mention in reading.of("document"):
        allowing = [one for one in statements(mention.value) if one.allows]
        if type_ in KEY_POLICIES and any(map(_lets_encrypt, allowing)):
            yield from ((key, mention.path) for key in _keys(reading, stack))
        elif type_ == BUCKET_POLICY or type_ in BUCKET_TYPES:
            own = buckets_of(reading, "bucket", stack) if type_ == BUCKET_POLICY else (reading,)
            yield from ((bucket, mention.path) for bucket in own if any(allowed(one, PUTTING) for one in allowing))
        elif type_.startswith(IDENTITY):
            putting = [one for one in allowing if allowed(one, PUTTING)]
            for name, bucket in stack.buckets.items() if putting else ():
                if any(_is_about(one, name) for one in putting):
                    yield bucket, mention.path


def _keys(reading: Reading, stack: Stack) -> Iterator[Reading]:
    if reading.resource.type in KEYS:
        yield reading
    elif reading.resource.type in (GRANT, KEY_POLICY):
        found = keyring_of(stack).find(reading, "keyId", reading.setting("keyId", UNKNOWN))
        yield from (holder.reading for holder in found.holders if holder.reading is not None)


def _lets_encrypt(one: Statement) -> bool:
    """Return whether a statement of a key's policy lets others than AWS's own services encrypt."""
    others = (who for kind, who in one.principals if kind != "service" and SERVICE_ROLE not in str(who))
    return bool(allowed(one, ENCRYPTING)) and (one.everyone_but or any(True for _ in others))


def _is_about(one: Statement, bucket: str) -> bool:
    return any(_holds(str(pattern), bucket) for pattern in one.resources or ("*",))


def _holds(pattern: Any, bucket: str) -> bool:
    """Return whether a pattern stands for an object of a bucket, whatever the object is called."""
    inside = S3.sub("", pattern)
    return matches(bucket, inside.partition("/")[0]) or matches(f"{bucket}/x", inside)
