"""The forms of values in a declaration: what each looks like, as a pattern and in words.

Sources: RFC 5321, section 4.5.3.1 (mail addresses); OCI distribution specification, "Pulling manifests", and
github.com/distribution/reference (names of images); AWS IAM API, CreateRole (names of roles).
"""

from __future__ import annotations

from typing import Final

_WORD: Final = r"[a-z][a-z0-9]*(-[a-z0-9]+)*"
_HOST: Final = r"[a-z0-9]+([.-]+[a-z0-9]+)*(:[0-9]{1,5})?"
_PART: Final = r"[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*"

TEXT: Final = r"\S"
NAME: Final = rf"^{_WORD}$"
COUNTRY: Final = r"^[A-Z]{2}$"
ENDPOINT: Final = rf"^{_WORD}(/{_WORD})?$"
SITE_SEGMENT: Final = rf"^{_WORD}/{_WORD}$"
SHA256: Final = r"^[0-9a-f]{64}$"
ACCOUNT: Final = r"^[0-9]{12}$"
ROLE: Final = r"^[A-Za-z0-9+=,.@_-]{1,64}$"
ROLE_ARN: Final = r"^arn:aws[a-z-]*:iam::[0-9]{12}:role/[A-Za-z0-9+=,.@_-]{1,64}$"
IMAGE: Final = rf"^{_HOST}(/{_PART})*(:[A-Za-z0-9_][A-Za-z0-9._-]{{0,127}})?@sha256:[0-9a-f]{{64}}$"
MACHINE_IMAGE: Final = r"^ami-[0-9a-f]{8,17}$"
INSTANCE_TYPE: Final = r"^[a-z][a-z0-9-]*\.[a-z0-9-]+$"
REGION: Final = r"^[a-z]{2,4}(-[a-z]+)+-[0-9]+$"
ZONE: Final = r"^[a-h]$"
TARGET: Final = r"^(r-[0-9a-z]{4,32}|ou-[0-9a-z]{4,32}-[0-9a-z]{8,32}|[0-9]{12})$"
UUID: Final = r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"
PREFIX: Final = r"^/([a-z0-9-]+/)+$"
NEED: Final = r"^(ticket|approver|record|ttl<=[1-9][0-9]{0,2}(m|h))$"
PERSON: Final = r"^[A-Za-z0-9][A-Za-z0-9._@+|-]{0,127}$"
PUBLIC_KEY: Final = r"^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$"
_HOST_NAME: Final = r"([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]([a-z0-9-]*[a-z0-9])?"  # an address of digits is none
ISSUER: Final = rf"^https://{_HOST_NAME}(:[0-9]{{1,5}})?(/[A-Za-z0-9._~%-]+)*/?$"
ALERTS: Final = rf"^https://{_HOST_NAME}(/[A-Za-z0-9._-]+)*$"
HOST_NAME: Final = rf"^{_HOST_NAME}$"
STORE: Final = r"^https://[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?$"
BUCKET: Final = r"^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$"
EXTERNAL_ID: Final = r"^[A-Za-z0-9+=,.@:/_-]{16,200}$"
BALANCER_CLASS: Final = r"^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?/[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$"
CERTIFICATE: Final = r"^arn:aws[a-z-]*:acm:[a-z0-9-]+:[0-9]{12}:certificate/[0-9a-f-]{36}$"
SAML_PROVIDER: Final = r"^arn:aws[a-z-]*:iam::[0-9]{12}:saml-provider/[A-Za-z0-9._-]{1,128}$"
PEOPLE_GROUP: Final = r"^\S(.{0,253}\S)?$"
EVERY: Final = r"^(1 minute|(2|3|4|5|6|10|12|15|20|30) minutes)$"
AMOUNT: Final = r"^[0-9]{1,2}(\.[0-9]{1,6})?$"
PLAN: Final = r"^[1-9][0-9]{0,4}-[0-9a-f]{64}$"
RESERVED_BEGINNINGS: Final = ("xn--", "sthree-", "amzn-s3-demo-")
RESERVED_ENDINGS: Final = ("-s3alias", "--ol-s3", "--x-s3", "--table-s3")
"""Of names of buckets (Amazon S3 user guide, "General purpose bucket naming rules")."""
EMAIL: Final = r"^[^@\s]+@[^@\s.]+(\.[^@\s.]+)+$"

LONGEST_EMAIL: Final = 254
LONGEST_IMAGE: Final = 255 + 129 + 72  # its name, a tag and the digest, with the signs before them

WORDS: Final = {
    TEXT: "a text with at least one letter",
    NAME: "a name: lower-case letters, digits and single hyphens, a letter first",
    COUNTRY: "a country code of two capital letters (ISO 3166-1), such as IE",
    ENDPOINT: "an end of a connection: internet, person, SEGMENT or SITE/SEGMENT",
    SITE_SEGMENT: "SITE/SEGMENT",
    SHA256: "a SHA-256 in 64 lower-case hex digits",
    ACCOUNT: "an AWS account id of 12 digits, in quotes",
    ROLE: "the name of a role: up to 64 letters (a to z), digits and + = , . @ _ -",
    ROLE_ARN: "the ARN of a role: arn:aws:iam::ACCOUNT:role/NAME",
    IMAGE: "an image by its digest: HOST/NAME@sha256:…, in lower case, with 64 hex digits",
    MACHINE_IMAGE: "a machine image such as ami-0e5ba9f1f0c0ffee0",
    INSTANCE_TYPE: "an instance type such as m7i.large",
    REGION: "a region such as eu-west-1",
    ZONE: "a zone by its last letter, a to h",
    STORE: "the address of a store: https://HOST or https://HOST:PORT",
    TARGET: "a root (r-…), an organizational unit (ou-…) or an account of 12 digits",
    UUID: "a UUID in lower-case hex digits",
    PREFIX: "the beginning of a path that ends with a slash, such as /records/",
    NEED: "ticket, approver, record, or a limit of time such as ttl<=4h or ttl<=30m",
    PERSON: "a person as the identity provider names them: up to 128 letters, digits and . _ @ + | -",
    PUBLIC_KEY: "an Ed25519 public key: its 32 bytes in base64, 44 letters",
    ISSUER: "an https address without a query, such as https://idp.hamar.example",
    ALERTS: "an https address without a port or a query, such as https://alerts.inspector.example/enclave",
    HOST_NAME: "the name of a host, such as records.inspector.example",
    BUCKET: "the name of a bucket: 3 to 63 lower-case letters, digits and hyphens",
    EXTERNAL_ID: "an external id: 16 to 200 letters, digits and + = , . @ : / _ -, which the inspector chose",
    BALANCER_CLASS: "the class of a load balancer as its controller takes it, such as metallb.io/people",
    CERTIFICATE: "the ARN of a certificate of ACM: arn:aws:acm:REGION:ACCOUNT:certificate/UUID",
    SAML_PROVIDER: "the ARN of a SAML provider of IAM: arn:aws:iam::ACCOUNT:saml-provider/NAME",
    PEOPLE_GROUP: "a group as the identity provider names it: up to 255 signs, no blank at either end",
    EVERY: 'a part of an hour: "1 minute", or "2 minutes", 3, 4, 5, 6, 10, 12, 15, 20 or 30',
    AMOUNT: 'an amount in quotes, such as "0.5"',
    PLAN: "a plan: its parts and its SHA-256, as `enclave wave plan --write` writes it",
    EMAIL: "a mail address such as team@enclave.example",
}
"""A pattern → what it asks for, as the end of a sentence."""
