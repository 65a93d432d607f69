"""Every type goes through its whole life in real runs of the engine."""

import pytest

from sandbox.aws_plugin.registry import RESOURCE_TYPES
from tests.sandbox.aws_plugin.outside import REMOVED
from tests.sandbox.aws_plugin.story import Story

TYPES = sorted(RESOURCE_TYPES)
CHANGEABLE = [
    token
    for token, resource in sorted(RESOURCE_TYPES.items())
    if resource.tagging or not all(spec.replace for spec in resource.inputs.values())
]
"""Types with anything that can change in place."""


pytestmark = pytest.mark.xdist_group("aws-story")


def test_every_run_of_the_story_succeeds(story: Story) -> None:
    chapters = {name: run for name, run in vars(story).items() if hasattr(run, "code")}
    assert {name: run.output for name, run in chapters.items() if run.code} == {}


def test_a_preview_creates_nothing(story: Story) -> None:
    assert story.inventory_after_preview == story.inventory_before


@pytest.mark.parametrize("token", TYPES)
def test_a_type_is_created(story: Story, token: str) -> None:
    assert token in story.preview.done("create")
    assert token in story.created.done("create")


@pytest.mark.parametrize("token", TYPES)
def test_a_refresh_right_after_the_creation_finds_no_change(story: Story, token: str) -> None:
    assert token in story.refreshed.done("same")
    assert token not in story.refreshed.done("update", "delete")


@pytest.mark.parametrize("token", CHANGEABLE)
def test_a_change_of_the_program_updates_in_place(story: Story, token: str) -> None:
    assert token in story.updated.done("update")
    assert token not in story.updated.done("replace", "create", "delete", "create-replacement", "delete-replaced")


def test_only_a_route_of_a_transit_gateway_cannot_change_at_all() -> None:
    assert set(TYPES) - set(CHANGEABLE) == {"aws:ec2transitgateway/route:Route"}


@pytest.mark.parametrize("token", TYPES)
def test_a_refresh_right_after_the_update_finds_no_change(story: Story, token: str) -> None:
    assert token not in story.unchanged.done("update", "delete")


@pytest.mark.parametrize("token", TYPES)
def test_a_refresh_sees_what_somebody_changed_outside(story: Story, token: str) -> None:
    assert token in story.drifted.done("delete" if token in REMOVED else "update")


@pytest.mark.parametrize("token", TYPES)
def test_the_next_update_puts_right_what_somebody_changed(story: Story, token: str) -> None:
    assert token in story.healed.done("create" if token in REMOVED else "update")
    assert token not in story.refreshed_after_healing.done("update", "delete")


@pytest.mark.parametrize("token", TYPES)
def test_a_destroy_removes_a_type(story: Story, token: str) -> None:
    assert token in story.destroyed.done("delete")


def test_a_destroy_leaves_nothing_behind(story: Story) -> None:
    assert story.inventory_after_destroy == set()


@pytest.mark.parametrize("token", TYPES)
def test_a_refresh_sees_that_an_object_is_gone(story: Story, token: str) -> None:
    assert token in story.gone.done("delete")


def test_no_run_prints_a_traceback(story: Story) -> None:
    outputs = [run.output for run in vars(story).values() if hasattr(run, "output")]
    assert not any("Traceback" in output for output in outputs)


def test_the_id_is_among_the_outputs_as_the_official_plugin_repeats_it(story: Story) -> None:
    """Packs are shown outputs and no id: a rule that asks which resource another one names needs it there."""
    for state in (story.first_state, story.imported_state):
        ours = [resource for resource in state if resource["type"] in RESOURCE_TYPES]
        assert ours
        assert [resource["urn"] for resource in ours if resource["outputs"].get("id") != resource["id"]] == []
