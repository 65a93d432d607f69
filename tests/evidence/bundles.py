"""Records and bundles that tests look at: a small stack with every verdict in it, and a key of the test's own."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from securesystemslib.signer import CryptoSigner, SSlibKey

from evidence.bundle.contents import ENVELOPE, contents
from evidence.bundle.signer import signer_name
from evidence.bundle.statement import KIND, statement_of
from evidence.digests import own_digest
from evidence.record.files import read
from evidence.record.sums import summary_of, verdict_of
from hosts.gateway import dsse

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

    from evidence.record.model import Record

    Key = Ed25519PrivateKey | EllipticCurvePrivateKey


@dataclass(frozen=True)
class Bundle:
    """A bundle in a folder, and the files of its keys."""

    folder: Path
    public: Path
    private: Path


@cache
def small() -> Record:
    """Return a record with a resource of every verdict; made by hand, as no run has them all."""
    return read(SMALL.encode(), "the small record")


def settled(record: Record) -> Record:
    """Return a record that a test changed with the verdicts and counts that follow from its findings."""
    resources = tuple(
        one.model_copy(
            update={"verdict": verdict_of([f for f in record.findings if f.resource == number], one.unchecked)}
        )
        for number, one in enumerate(record.resources)
    )
    return record.model_copy(update={"resources": resources, "summary": summary_of(resources, record.profiles)})


def bundle_in(
    folder: Path, record: Record | None = None, key: Key | None = None, also: Mapping[str, bytes] | None = None
) -> Bundle:
    """Write a signed bundle of a record (None: the small one) below a folder; without a key, one is made.

    ``also`` are further files of the bundle.
    """
    key = key or Ed25519PrivateKey.generate()
    folder.mkdir()
    private, public, bundle = folder / "key.pem", folder / "key.pub", folder / "bundle"
    private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    public.write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    bundle.mkdir()
    told = record or small()
    files = {**contents(told), **(also or {})}
    envelope = dsse.unsigned(statement_of(told, files, own_digest()), KIND)
    der = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    name = signer_name(b64encode(der).decode())
    envelope.sign(CryptoSigner(key, SSlibKey.from_crypto(key.public_key(), keyid=name)))
    for name, content in {**files, ENVELOPE: dsse.written(envelope)}.items():
        (bundle / name).parent.mkdir(parents=True, exist_ok=True)
        (bundle / name).write_bytes(content)
    return Bundle(bundle, public, private)


SMALL = """
{"record_version": 1, "tool": "enclave 0.1.0",
 "run": {"command": "preview", "phase": "plan", "stack": "small", "project": "enclave", "outcome": "refused",
  "reasons": ["2 refusals of 2 resources by mandatory rules"], "exit_code": 1, "moment": "2026-11-29T12:00:00Z",
  "as_of": "2026-11-29", "flags": ["--json"], "environment": ["PULUMI_BACKEND_URL"],
  "commit": "0123456789abcdef0123456789abcdef01234567", "repository": "https://code.example/enclave",
  "changed": ["stacks/small.yaml"]},
 "tools": [{"name": "enclave", "version": "0.1.0", "kind": "program"},
  {"name": "pulumi", "version": "3.259.0", "kind": "engine",
   "sha256": "1111111111111111111111111111111111111111111111111111111111111111"}],
 "inputs": [{"role": "law", "name": "the law in force",
   "sha256": "2222222222222222222222222222222222222222222222222222222222222222"},
  {"role": "state", "name": "the exported state",
   "sha256": "3333333333333333333333333333333333333333333333333333333333333333"}],
 "packs": [{"name": "jurisdiction", "version": "0.1.0", "rules": 2,
   "sha256": "4444444444444444444444444444444444444444444444444444444444444444"}],
 "rules": [
  {"id": "JUR-001", "name": "region", "pack": "jurisdiction", "title": "Every resource is in an approved place.",
   "severity": "critical", "remedy": "choose an approved region", "whole": false},
  {"id": "SEG-003", "name": "must-deny", "pack": "segmentation", "title": "What must be denied is denied.",
   "severity": "critical", "remedy": "close one of the rules of the path", "whole": true}],
 "profiles": [[0], [0, 1]],
 "resources": [
  {"urn": "urn:pulumi:small::enclave::aws:s3/bucket:Bucket::good", "type": "aws:s3/bucket:Bucket", "name": "good",
   "step": "same", "asked": 0, "verdict": "pass", "site": "dublin-1", "segment": "store", "classes": ["restricted"],
   "place": {"code": "eu-west-1", "country": "IE", "words": "eu-west-1 (Dublin, Ireland, IE)"},
   "declared": {"file": "stacks/small.yaml", "line": 7, "column": 3}},
  {"urn": "urn:pulumi:small::enclave::aws:s3/bucket:Bucket::abroad", "type": "aws:s3/bucket:Bucket", "name": "abroad",
   "step": "create", "asked": 0, "verdict": "fail", "site": "dublin-1",
   "place": {"code": "eu-west-2", "country": "GB", "words": "eu-west-2 (London, United Kingdom, GB)"},
   "declared": {"file": "stacks/small.yaml", "line": 7, "column": 3}},
  {"urn": "urn:pulumi:small::enclave::aws:s3/bucket:Bucket::waived", "type": "aws:s3/bucket:Bucket", "name": "waived",
   "step": "same", "asked": 0, "verdict": "waived"},
  {"urn": "urn:pulumi:small::enclave::enclave:index:NetworkIntent::network", "type": "enclave:index:NetworkIntent",
   "name": "network", "step": "same", "asked": 1, "verdict": "undetermined"},
  {"urn": "urn:pulumi:small::enclave::aws:s3/bucket:Bucket::read", "type": "aws:s3/bucket:Bucket", "name": "=read",
   "step": "read", "asked": 0, "verdict": "not-checked",
   "unchecked": [{"rule": "JUR-001", "reason": "the engine asked no pack about it"}]}],
 "findings": [
  {"fingerprint": "5555555555555555555555555555555555555555555555555555555555555555", "rule": "JUR-001",
   "name": "region", "verdict": "fail", "message": "JUR-001 region: abroad would be in eu-west-2 <London> & \\"more\\"",
   "problem": "would be in eu-west-2", "remedy": "choose an approved region", "resource": 1, "where": "eu-west-2",
   "country": "GB", "path": "region", "declared": {"file": "stacks/small.yaml", "line": 7, "column": 3}},
  {"fingerprint": "6666666666666666666666666666666666666666666666666666666666666666", "rule": "JUR-001",
   "name": "region", "verdict": "waived", "message": "JUR-001 region: waived until 2027-01-09", "problem": "abroad",
   "remedy": "choose an approved region", "resource": 2, "country": "GB",
   "waiver": {"id": "ex-1", "owner": "kari", "approver": "magnus", "granted": "2026-10-01", "expires": "2027-01-09"}},
  {"fingerprint": "7777777777777777777777777777777777777777777777777777777777777777", "rule": "SEG-003",
   "name": "must-deny", "verdict": "undetermined", "message": "SEG-003 must-deny: network cannot be determined",
   "problem": "cannot be determined", "remedy": "close one of the rules of the path", "resource": 3,
   "steps": [{"source": "internet", "target": "dublin-1/store", "ports": "tcp 443", "rules": ["sg-1 rule 2"]}]},
  {"fingerprint": "8888888888888888888888888888888888888888888888888888888888888888", "rule": "DECLARED",
   "name": "declared", "verdict": "fail", "message": "the link has no basis", "problem": "has no basis",
   "remedy": "change the declaration", "declared": {"file": "stacks/small.yaml", "line": 20, "column": 3},
   "decided": {"file": "policy-packs/jurisdiction/law/transfers.yaml", "line": 4, "column": 1}}],
 "not_checked": [
  {"what": "urn:pulumi:small::enclave::aws:s3/bucket:Bucket::gone", "kind": "step",
   "reason": "it is deleted, and the engine asks no pack about that"},
  {"what": "adequacy decision us-dpf", "kind": "fact", "reason": "nobody has checked it for 200 days"}],
 "exceptions": [{"id": "ex-1", "rules": ["JUR-001"], "owner": "kari", "approver": "magnus", "reason": "a move",
   "ticket": "T-1", "granted": "2026-10-01", "expires": "2027-01-09", "days": 41, "used": true}],
 "summary": {"resources": 5, "passed": 1, "failed": 1, "undetermined": 1, "waived": 1, "unchecked": 1, "pairs": 6,
  "pairs_unchecked": 1, "types": 2},
 "enclave": {"name": "europe", "subjects": ["eu"], "classes": ["restricted"],
  "countries": [{"code": "IE", "name": "Ireland", "approved": true}, {"code": "GB", "name": "United Kingdom"}],
  "sites": [{"name": "dublin-1", "kind": "aws", "country": "IE", "country_name": "Ireland", "region": "eu-west-1",
    "role": "enclave", "lifecycle": "live", "cidr": "10.16.0.0/16", "resources": 2,
    "declared": {"file": "stacks/small.yaml", "line": 7, "column": 3}},
   {"name": "hamar", "kind": "kubernetes", "country": "NO", "country_name": "Norway", "region": null,
    "role": "enclave", "lifecycle": "testing", "cidr": "10.32.0.0/16", "buildings": 3, "power_mw": [30, 150],
    "energy": "renewable", "heat_reuse": "district heating"}],
  "segments": [{"name": "store", "purpose": "data at rest", "classes": ["restricted"]}],
  "flows": [{"what": "link a", "kind": "link", "source": "dublin-1/store", "source_country": "IE",
    "target": "hamar/store", "target_country": "NO", "classes": ["restricted"], "basis": "inside",
    "basis_words": "rule inside", "expires": "2027-01-09", "days": 41}],
  "network": {"known": true, "ways": [{"source": "person", "target": "dublin-1/ingress", "ports": "tcp 443"}],
   "promises": [{"kind": "must_deny", "source": "internet", "target": "dublin-1/store", "on": "everything",
     "holds": false}]},
  "decisions": {"rows": [{"countries": ["IE"], "employers": ["enclave-ireland"], "classes": ["restricted"],
     "purposes": ["support"], "result": "allow", "needs": ["ticket"]}],
   "never": [{"id": "located-in-china", "words": "never for people who are in CN"}],
   "tables": [{"site": "dublin-1", "gateway": "employees", "asked": 2592, "covered": 161352, "proved": true,
     "bundle": "9999999999999999999999999999999999999999999999999999999999999999"}]},
  "approvals": [{"site": "dublin-1", "gateway": "employees", "images": [],
    "bundle": "9999999999999999999999999999999999999999999999999999999999999999", "why_not": "no approval"}],
  "gates": [{"site": "hamar", "check": "keys", "asks": "the key ceremony was held", "by": "accepter",
    "file": "keys.json", "sha256": "5555555555555555555555555555555555555555555555555555555555555555",
    "key": "site-manager-1", "who": "site-manager", "day": "2026-11-01", "last_day": "2027-11-01"},
   {"site": "hamar", "check": "racks", "asks": "every rack was burned in", "by": "accepter",
    "why_not": "nobody has signed it"}],
  "keys": [{"name": "store", "use": "encrypt", "classes": ["restricted"], "administrators": ["enclave-deployer"],
    "users": ["enclave-store"], "kept_by": ["dublin-1"]}],
  "inspector": {"name": "norsk-tilsyn", "entity": "Norsk Tilsyn AS", "country": "NO", "independence": "owned by itself",
   "scopes": ["keys"], "account": "444455556666", "groups": [], "retention_days": 400, "reports_to": ["Datatilsynet"]}}}
"""
