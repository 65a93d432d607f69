"""Fluentd's tags become the tree that Fluentd sees; texts with tags of another kind are left alone."""

from __future__ import annotations

import pytest
from enclave_policies.texts.tagged import tagged


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("<match **>\n  @type s3\n</match>\n", {"match": {"@type": "s3"}}),
        ("# c\n\n<match>\n  @type s3\n</match> # d\n", {"match": {"@type": "s3"}}),
        ("<match a.** b>\n</match>\n", {"match": {}}),
        ("<match a>\n</match>\n<match b>\n</match>\n", {"match": [{}, {}]}),
        (
            "<match>\n  @type copy\n  <store>\n    @type s3\n  </store>\n  <store>\n  </store>\n</match>\n",
            {"match": {"@type": "copy", "store": [{"@type": "s3"}, {}]}},
        ),
        ("<source>\n  a\n  b 'c d'\n  e \"f\"\n</source>\n", {"source": {"a": "", "b": "c d", "e": "f"}}),
        ("@include a.conf\n<source>\n  a 1\n  a 2\n</source>\n", {"source": {"a": ["1", "2"]}}),
    ],
)
def test_a_text_with_tags_becomes_its_tree(text: str, tree: object) -> None:
    assert tagged(text) == tree


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a 1\n",
        "a 1\n<match>\n</match>\n",
        "<match>\n",
        "<match>\n</source>\n",
        "</match>\n",
        "<html lang='en'><body>x</body></html>\n",
        "<match>\n  !\n</match>\n",
        "<a>\n  <b>\n  </a>\n</b>\n",
        "# </match>\n",
    ],
)
def test_what_is_no_such_text_is_left_to_others(text: str) -> None:
    assert tagged(text) is None
