"""The tables of the catalog: what they say, and how a wrong one is refused: all at once, with file and line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from enclave_policies.catalog.encryption import Condition, Encryption, Named, SetApart
from enclave_policies.catalog.objects import ObjectInput
from enclave_policies.catalog.stored import compile_catalog, read_catalog
from enclave_policies.catalog.switches import Switch
from enclave_policies.catalog.tables.compiling import compile_tables
from enclave_policies.catalog.tables.offer import offer_of, read_offer
from enclave_policies.catalog.tables.sdk_type import SdkType

from located_yaml import ProblemsError
from tests.enclave_policies.catalog.small_catalog import OBJECT, TABLES, TYPES, small_catalog

if TYPE_CHECKING:
    from pathlib import Path

THING, OTHER, ACCOUNT = (type_.token for type_ in TYPES)


def refusal(folder: Path) -> str:
    with pytest.raises(ProblemsError) as caught:
        compile_tables(folder)
    return str(caught.value)


def test_what_the_tables_say_is_in_the_catalog_old_names_included(tmp_path: Path) -> None:
    found = compile_tables(small_catalog(tmp_path))
    assert found.kinds == {
        THING: "regional",
        OTHER: "regional",
        ACCOUNT: "global",
        "aws:old/thing:Thing": "regional",
        OBJECT.token: "kubernetes",
    }
    assert found.inputs == {
        THING: {"copies.place": "region:destination"},
        "aws:old/thing:Thing": {"copies.place": "region:destination"},
        OTHER: {"thingId": "no-place"},
    }
    assert found.switches == {THING: (Switch("copies.public", ("true",), "fail", "would be open"),)}
    assert found.openings == {THING: ("settings",), OTHER: ("api",), ACCOUNT: ("api",)}
    assert found.objects == {
        "apps/Deployment": (
            ObjectInput("place", "JUR-019", Switch("spec.place", (), "undetermined", "would be anywhere", absent=True)),
        )
    }
    at_home = found.controllers
    assert [
        at_home.runs("storage-driver", name) for name in ("Disks.example", "a.disks.example", "xdisks.example")
    ] == [
        *("cluster", "cluster", None),
    ]
    assert at_home.runs("ingress-class", "disks.example") is None
    assert found.models.regions == {"eu": ("eu-west-1",)}
    assert found.models.inputs == {THING: ("modelId",)}
    assert found.encryption == {
        THING: Encryption("encrypts", keys=(Named("keyId", "aws-owned", Condition(when="size")),)),
        OTHER: Encryption("inherits", "its thing", apart=(SetApart(THING, "keyId"),)),
        ACCOUNT: Encryption("no-data"),
    }


def test_what_is_compiled_is_what_is_read_again(tmp_path: Path) -> None:
    assert compile_catalog(small_catalog(tmp_path)) == read_catalog(tmp_path)


def test_what_an_sdk_offers_is_read_as_it_was_written(tmp_path: Path) -> None:
    found = read_offer(small_catalog(tmp_path))
    assert found.types == {type_.token: type_ for type_ in (*TYPES, OBJECT)}
    assert found.aliases == {"aws:old/thing:Thing": THING}


@pytest.mark.parametrize(
    ("file", "old", "new", "problem"),
    [
        ("kinds/aws.yaml", "kind: global", "kind: globle", "aws.yaml:4:5: kind: 'globle' is not one of 'regional'"),
        ("kinds/aws.yaml", "kind: global", "kind: no-region", "'no-region' is no judgement; choose another kind"),
        (
            "kinds/aws.yaml",
            "Account",
            "Acount",
            "kinds/aws.yaml:7:9: an_sdk 1.0 has no type aws:new/account:Acount; did",
        ),
        ("kinds/aws.yaml", "aws:new/account:Account", "aws:*", "an_sdk 1.0 has no type aws:*"),
        ("kinds/aws.yaml", "aws:new/account:Account", "Account", "'Account' is not a type such as"),
        ("kinds/aws.yaml", "    types:\n      - aws:new/account:Account\n", "", "names no types"),
        ("kinds/aws.yaml", "reason:", "raison:", "'raison' is not a key that the law knows"),
        ("kinds/aws.yaml", "source: the guide\n", "", "'source' is missing"),
        ("kinds/aws.yaml", "2026-11-22", "2026-22-11", "is not a day"),
        ("inputs/aws.yaml", "region:destination", "region:nowhere", "inputs/aws.yaml:9:11: copies.place: 'region:now"),
        ("inputs/aws.yaml", "copies.place", "copies.plaice", "inputs/aws.yaml:9:11: aws:new/thing:Thing has no input"),
        ("inputs/aws.yaml", "Thing\n", "Thign\n", "aws:new/thing:Thign; did you mean aws:new/thing:Thing?"),
        (
            "inputs/aws.yaml",
            "        inputs:",
            "        because:\n          size: why\n        inputs:",
            "for size, which",
        ),
        ("switches/aws.yaml", "verdict: fail", "verdict: perhaps", "'perhaps' is not one of 'fail', 'undetermined'"),
        ("switches/aws.yaml", '            values:\n              - "true"\n', "", "speaks for no value"),
        ("switches/aws.yaml", '"true"', "true", "true is not a text"),
        (
            "switches/aws.yaml",
            "            values:",
            "            only: [a]\n            values:",
            "'values' and 'only'",
        ),
        ("switches/aws.yaml", "copies.public", "copies.publik", "has no input copies.publik"),
        ("switches/aws.yaml", "says:", "unless_approved: no.place\n            says:", "has no input no.place"),
        (
            "models/aws.yaml",
            "  eu:\n    - eu-west-1\n",
            "  {}\n",
            "models/aws.yaml:1:1: no table of models has any prof",
        ),
        (
            "objects/kubernetes.yaml",
            "spec.place",
            "spec.plaice",
            "no version of apps/Deployment has an input spec.plaice",
        ),
        ("objects/kubernetes.yaml", "apps/Deployment", "apps/Deploiment", "no SDK has a kind apps/Deploiment"),
        ("objects/kubernetes.yaml", "apps/Deployment", "Deployment", "'Deployment' is not a kind such as"),
        ("objects/kubernetes.yaml", "JUR-019", "place", "'place' is not a rule's id"),
        ("objects/kubernetes.yaml", "decides: place", "decides: all", "'all' is not one of 'place'"),
        (
            "objects/kubernetes.yaml",
            "    kinds:\n      - apps/Deployment\n",
            "",
            "objects/kubernetes.yaml:4:5: names no kinds",
        ),
        ("controllers/kubernetes.yaml", "storage-driver", "storage", "'storage' is not one of 'storage-driver'"),
        ("controllers/kubernetes.yaml", "runs: cluster", "runs: here", "'here' is not one of 'cluster'"),
        ("controllers/kubernetes.yaml", "- disks.", "- Disks.", "Disks.example is compared in lower case; write it so"),
        ("controllers/kubernetes.yaml", "'*.disks.example'", "disks.example", "'disks.example' is named twice"),
        (
            "objects/kubernetes.yaml",
            "        verdict:",
            "        unless: [{path: spec.maker, named: storage-driver, runs: [cluster]}]\n        verdict:",
            "no version of apps/Deployment has an input spec.maker",
        ),
        ("models/aws.yaml", "modelId", "modleId", "has no input modleId; did you mean modelId?"),
        ("names/aws/all.yaml", "thingId", "goneId", "names/aws/all.yaml:6:7: no aws type has an input goneId; remove"),
        ("names/aws/all.yaml", "no-place", "nowhere", "'nowhere' is not one of"),
        ("encryption/aws.yaml", "absent: aws-owned", "absent: somehow", "'somehow' is not one of 'aws-owned'"),
        ("encryption/aws.yaml", "path: keyId", "path: keyIdd", "has no input keyIdd; did you mean keyId?"),
        ("encryption/aws.yaml", "when: size", "when: syze", "has no input syze"),
        ("encryption/aws.yaml", "keeps_no_data: true", "inherits: a\n        keeps_no_data: true", "more than one of"),
        ("encryption/aws.yaml", "keeps_no_data: true", "reason: who knows", "says nothing of a key"),
        (
            "encryption/aws.yaml",
            "type: aws:new/thing:Thing",
            "type: aws:new/thing:Thin",
            "has no type aws:new/thing:Thin",
        ),
        ("encryption/aws.yaml", "other:Other", "thing:Thing", "aws:new/thing:Thing is told twice (first at "),
        ("manifest.yaml", "kinds: [kinds/aws.yaml]", "kinds: []", "manifest.yaml:1:1: kinds: has 0 items"),
        ("manifest.yaml", "kinds/aws.yaml", "kinds/asw.yaml", "kinds/asw.yaml:1:1: cannot be read: No such file"),
        ("manifest.yaml", "kinds/aws.yaml", "kinds/asw.yaml", "kinds/aws.yaml:1:1: stands among the tables and is not"),
        ("manifest.yaml", "[inputs/aws.yaml]", "[inputs/aws.yaml, kinds/aws.yaml]", "is listed twice; remove one"),
        ("manifest.yaml", "encryption:", "encription:", "'encription' is not a key"),
    ],
)
def test_a_table_that_is_wrong_is_refused_at_its_line(
    tmp_path: Path, file: str, old: str, new: str, problem: str
) -> None:
    assert old in TABLES[file]
    changed = {file.removesuffix(".yaml").replace("/", "_"): TABLES[file].replace(old, new, 1)}
    said = refusal(small_catalog(tmp_path, **changed))
    assert problem in said
    assert f"{file}:" in said or file == "manifest.yaml"


def test_what_is_told_twice_is_refused_with_both_places(tmp_path: Path) -> None:
    twice = TABLES["inputs/aws.yaml"] + TABLES["inputs/aws.yaml"].partition("groups:\n")[2]
    said = refusal(small_catalog(tmp_path, inputs_aws=twice))
    assert "inputs/aws.yaml:15:11: aws:new/thing:Thing copies.place is told twice (first at " in said
    assert "inputs/aws.yaml:9:11); remove one" in said


def test_a_kind_that_is_judged_twice_is_refused_with_both_places(tmp_path: Path) -> None:
    nothing = "  - reason: It counts.\n    kinds:\n      - apps/Deployment\n"
    said = refusal(small_catalog(tmp_path, objects_kubernetes=TABLES["objects/kubernetes.yaml"] + nothing))
    assert "objects/kubernetes.yaml:15:9: apps/Deployment is told twice (first at " in said


def test_everything_that_is_wrong_in_all_tables_arrives_at_once(tmp_path: Path) -> None:
    folder = small_catalog(tmp_path, kinds_aws="groups: []\n", inputs_aws="", encryption_aws="- a\n")
    (folder / "switches" / "aws.yaml").unlink()
    said = refusal(folder)
    assert "kinds/aws.yaml:1:1: groups: has 0 items" in said
    assert "inputs/aws.yaml:1:1: the file: nothing is not a table" in said
    assert "encryption/aws.yaml:1:1: the file: a list is not a table" in said
    assert "switches/aws.yaml:1:1: cannot be read" in said


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"aws": 7}', '{"aws": {"sdk": "x", "types": {"a:b:C": 1}}}', "{"])
def test_a_damaged_list_of_what_the_sdks_offer_is_refused(tmp_path: Path, text: str) -> None:
    folder = small_catalog(tmp_path)
    (folder / "sdk.json").write_text(text, encoding="utf-8")
    assert "sdk.json:1:1: cannot be read" in refusal(folder)


def test_seeded_bug_what_an_sdk_brings_is_a_gap_until_somebody_judges_it(tmp_path: Path) -> None:
    folder = small_catalog(tmp_path)
    new = SdkType("aws:new/newer:Newer", component=False, region="none", inputs={"farRegion": "s", "kmsKeyId": "s"})
    wider = SdkType(THING, component=False, region="override", inputs={**TYPES[0].inputs, "farRegion": "s"})
    types = {type_.token: type_ for type_ in (*TYPES[1:], new, wider)}
    made = SdkType("kubernetes:apps/v2:Fleet", component=False, region="none", inputs={"spec.place": "s"})
    kinds = {type_.token: type_ for type_ in (OBJECT, made)}
    with pytest.raises(ProblemsError) as caught:
        compile_tables(folder, offer_of({"aws": ("an_sdk 2.0", types), "kubernetes": ("a_cluster 2.0", kinds)}))
    assert [problem.message.partition(":")[0] for problem in caught.value.problems if THING in problem.message]
    said = str(caught.value)
    assert "aws:new/newer:Newer is new or without a kind: judge it in kinds/" in said
    assert "aws:new/newer:Newer has an input farRegion that looks like a region" in said
    assert "aws:new/thing:Thing has an input farRegion that looks like a region" in said
    assert "aws:new/newer:Newer is new: say in encryption/" in said
    assert "aws:new/newer:Newer is new: say in openings/ who is let in" in said
    assert "kubernetes:apps/v2:Fleet is new: say in objects/ which input of apps/Fleet decides a place" in said


@pytest.mark.parametrize(
    ("named", "held"),
    [
        ("publicAccess", "b"),
        ("internetFacing", "b"),
        ("externalAccess", "s"),
        ("anonymousLogin", "b"),
        ("openTo", "s"),
        ("publiclyAccessible", "b"),
        ("endpointType", "s"),
        ("ingressMode", "s"),
        ("allowUnauthenticated", "b"),
        ("networkMode", "s"),
        ("trustedAccountIds", "s"),
        ("sourceCidrs", "s"),
    ],
)
def test_seeded_bug_an_input_that_looks_like_an_opening_is_a_gap_until_somebody_judges_it(
    tmp_path: Path, named: str, held: str
) -> None:
    wider = SdkType(THING, component=False, region="override", inputs={**TYPES[0].inputs, f"a.{named}": held})
    types = {type_.token: type_ for type_ in (*TYPES[1:], wider)}
    with pytest.raises(ProblemsError, match=f"{THING} has an input a.{named} that looks like a"):
        compile_tables(small_catalog(tmp_path), offer_of({"aws": ("an_sdk 2.0", types)}))
