"""Declarations that would collide are refused with both places named; those that can stand together pass."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from components.declaration import load_declaration
from components.declaration.beside import clashes, refused_beside
from components.declaration.physical import BALANCER, gateway_name, names_of_before, physical_names
from located_yaml import ProblemsError
from tests.components.declarations import changed, local, stacks

OTHER_NAME = ("enclave: europe\nnames: short", "enclave: asia\nnames: short")
SHORT = re.compile(r"(?m)^names: short.*\n")
NETWORK = ("    cidr: 10.32.0.0/16", "    cidr: 10.33.0.0/16")
FRONT = ("10.32.14.10", "10.33.14.10")
ENGINE = Path(__file__).parents[1] / "engine"


def beside_local(folder: Path, *changes: tuple[str, str], full: bool = False) -> list[str]:
    """Return what is said of a changed copy of `local` beside `local` itself."""
    copy = changed(folder, *changes)
    text = copy.read_text(encoding="utf-8")
    copy.write_text(SHORT.sub("", text) if full else text, encoding="utf-8")
    (folder / "local.yaml").write_text((stacks / "local.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    return [str(problem) for problem in refused_beside(copy)]


def line(folder: Path, text: str) -> int:
    """Return the number of a line of `local`."""
    return (folder / "local.yaml").read_text(encoding="utf-8").splitlines().index(text) + 1


@pytest.mark.parametrize("stack", ["local", "rejected", "eu-prod"])
def test_the_shipped_stacks_stand_beside_each_other(stack: str) -> None:
    assert refused_beside(stacks / f"{stack}.yaml") == []


def test_a_copy_is_refused_with_both_places(tmp_path: Path) -> None:
    said = beside_local(tmp_path)
    assert len(said) == 5  # three sites, the organization's policies, the network on the common cluster
    here = line(tmp_path, "  dublin-1:")
    where = f"{tmp_path}/changed.yaml:{here}:3: would have the same load balancer 'dublin-1-employees' (and "
    (first,) = (each for each in said if each.startswith(where))
    assert f"as site 'dublin-1' at {tmp_path}/local.yaml:{here}; give the newer one another name at 'enclave'" in first


def test_another_name_is_not_enough_where_names_are_short(tmp_path: Path) -> None:
    said = beside_local(tmp_path, OTHER_NAME, NETWORK, FRONT)
    assert [each.rpartition("; ")[2] for each in said] == ["remove 'names: short' from the newer one"] * 3
    assert "'enclave-ingress'" in said[-1]


def test_an_enclave_of_another_name_stands_beside_it(tmp_path: Path) -> None:
    assert beside_local(tmp_path, OTHER_NAME, NETWORK, FRONT, full=True) == []


def test_the_network_of_another_site_on_the_cluster_is_taken(tmp_path: Path) -> None:
    (said,) = beside_local(tmp_path, OTHER_NAME, full=True)
    taken = f"{tmp_path}/local.yaml:{line(tmp_path, NETWORK[0])}"
    assert f"10.32.0.0/16 overlaps 10.32.0.0/16 of a site of the same cluster, 'hamar' at {taken}; choose" in said


@pytest.mark.parametrize("change", [("sandbox: true\n", ""), ('account: "111122223333"', 'account: "999922223333"')])
def test_other_clouds_and_other_accounts_do_not_collide(change: tuple[str, str], tmp_path: Path) -> None:
    text = (ENGINE / "small_aws.yaml").read_text(encoding="utf-8")
    assert change[0] in text
    (tmp_path / "other.yaml").write_text(text.replace(*change), encoding="utf-8")
    found = clashes(load_declaration(ENGINE / "small_aws.yaml"), load_declaration(tmp_path / "other.yaml"))
    policies = [] if "sandbox" in change[0] else [("enclave",)]  # of the one organization of a sandbox
    assert [each.at for each in found] == policies


def test_names_that_are_made_of_other_parts_collide_too(tmp_path: Path) -> None:
    """The bucket of enclave `a-b`, site `c` is that of enclave `a`, site `b-c`."""
    text = (ENGINE / "small_aws.yaml").read_text(encoding="utf-8")
    for file, enclave, site in (("one", "a-b", "c"), ("two", "a", "b-c")):
        written = text.replace("enclave: europe", f"enclave: {enclave}").replace("  dublin-1:", f"  {site}:")
        (tmp_path / f"{file}.yaml").write_text(written, encoding="utf-8")
    (said,) = map(str, refused_beside(tmp_path / "one.yaml"))
    assert "would have the same role 'a-b-c-flow-logs' (and 3 more names) as site 'b-c'" in said
    assert said.endswith("; rename one of them")


def test_what_is_planned_or_retired_collides_with_nothing(tmp_path: Path) -> None:
    one = load_declaration(ENGINE / "small_kubernetes.yaml")
    text = (ENGINE / "small_kubernetes.yaml").read_text(encoding="utf-8")
    (tmp_path / "other.yaml").write_text(text.replace("lifecycle: testing", "lifecycle: planned"), encoding="utf-8")
    assert list(clashes(one, one))
    assert list(clashes(one, load_declaration(tmp_path / "other.yaml"))) == []


def test_a_neighbour_that_cannot_be_read_counts_for_nothing(tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text("enclave: [", encoding="utf-8")
    assert "local.yaml" in beside_local(tmp_path)[0]


def test_two_sites_of_one_enclave_do_not_share_a_cluster(tmp_path: Path) -> None:
    text = (stacks / "eu-prod.yaml").read_text(encoding="utf-8")
    start, end = text.index("  hamar:\n"), text.index("\n# Between sites")
    second = text[start:end].replace("  hamar:", "  oslo:").replace("10.32.0.0/16", "10.33.0.0/16")
    (tmp_path / "two.yaml").write_text(text[:end] + second + text[end:], encoding="utf-8")
    with pytest.raises(ProblemsError, match="lies on the same cluster as site 'hamar'"):
        load_declaration(tmp_path / "two.yaml")


def test_every_name_carries_the_enclave_unless_the_stack_keeps_its_own(tmp_path: Path) -> None:
    full = load_declaration(stacks / "rejected.yaml")
    bare = [each.limit.what for each in physical_names(full) if "europe-abroad" not in each.name]
    assert set(bare) == {"security group"}, "it has its name within its site's own VPC"
    short = {each.name for each in physical_names(local(tmp_path))}
    assert {"dublin-1-employees", "enclave-store", "enclave-resolver", "europe-dublin-1-store-111122223333"} <= short


def test_a_declaration_that_does_not_say_has_names_of_before(tmp_path: Path) -> None:
    kept = local(tmp_path)
    assert names_of_before(kept) == frozenset()
    assert names_of_before(kept.model_copy(update={"names": "full"})) == frozenset()
    silent = names_of_before(kept.model_copy(update={"names": None}))
    assert {"enclave-store", "dublin-1-employees"} <= silent
    assert not any("europe" in name for name in silent)


def test_a_long_name_of_a_balancer_ends_in_a_digest_that_stays(tmp_path: Path) -> None:
    copy = changed(tmp_path, ("enclave: europe\n", "enclave: customer-data-eu\n"))
    copy.write_text(SHORT.sub("", copy.read_text(encoding="utf-8")), encoding="utf-8")
    names = [gateway_name(load_declaration(copy), site, "employees") for site in ("dublin-1", "dublin-2")]
    assert names == ["customer-data-eu-dublin-1-0a6100", "customer-data-eu-dublin-2-92298b"]
    assert all(len(name) <= BALANCER.longest for name in names)
