"""Each authority gets what its own law asks for, as far as it is declared; a gap says that it is one."""

from __future__ import annotations

import csv
import io
import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Final

import pytest

from evidence.bundle.contents import contents
from evidence.record.model import Entity
from evidence.renderers.authorities import FILES
from evidence.renderers.authorities.authority import AUTHORITIES, PARTS
from evidence.renderers.authorities.processing import MISSING
from evidence.renderers.authorities.register import HEAD, NONE
from evidence.renderers.page.visible import visible
from tests.evidence.authorities.records import declared, transfer
from tests.evidence.bundles import small
from tests.evidence.hostile import WORDS

if TYPE_CHECKING:
    from evidence.record.model import Record

VOID: Final = frozenset({"meta", "link", "br", "hr", "img"})


def table(record: Record, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(FILES[name](record).decode())))


def test_every_authority_has_register_extract_and_page_in_the_bundle() -> None:
    assert {name.split("/")[1] for name in FILES} == {one.id for one in AUTHORITIES}
    assert FILES.keys() < contents(small()).keys()
    assert len(FILES) == 3 * len(AUTHORITIES)


def test_a_transfer_is_told_with_recipient_class_ends_basis_measures_and_expiry() -> None:
    found = next(one for one in table(declared(), "authorities/dpc-ie/transfers.csv") if one["recipient"] == "harbour")
    assert found["classes of data"] == "restricted"
    assert (found["from country"], found["to country"]) == ("IE", "US")
    assert (found["basis"], found["rule of the law"]) == ("contract-clauses", "to-america: contract clauses")
    assert (found["country adequate"], found["expires"], found["days left"]) == ("no", "2027-01-09", "41")
    assert found["measures"] == "each access needs ticket"


@pytest.mark.parametrize(
    ("authority", "recipients"),
    [
        ("dpc-ie", {"harbour", "hamar"}),
        ("datatilsynet-no", {"hamar"}),
        ("ico-gb", {"harbour", "hamar", "abroad"}),
        ("fdpic-ch", {"harbour", "hamar", "abroad"}),
    ],
)
def test_an_authority_sees_the_transfers_of_its_country_or_of_its_people(authority: str, recipients: set[str]) -> None:
    assert {one["recipient"] for one in table(declared(), f"authorities/{authority}/transfers.csv")} == recipients


def test_each_regime_has_its_own_answer_and_a_transfer_without_a_basis_says_so() -> None:
    """The seeded bug of this family: the basis of the EU is no basis of the United Kingdom."""
    found = table(declared(), "authorities/ico-gb/transfers.csv")
    assert {one["basis"] for one in found} == {NONE}
    assert found[0]["country adequate"] == "uk: adequacy decision uk-us"
    page = FILES["authorities/ico-gb/index.html"](declared()).decode()
    assert "3 transfers, 3 of them without a basis" in page


def test_data_of_people_that_is_not_held_is_no_business_of_their_authority() -> None:
    record = declared(subjects=("eu",))
    assert table(record, "authorities/ico-gb/transfers.csv") == []
    assert "no data of people under this law is held" in FILES["authorities/ico-gb/index.html"](record).decode()


@pytest.mark.parametrize("authority", [one.id for one in AUTHORITIES])
def test_what_is_not_declared_is_said_to_be_missing(authority: str) -> None:
    found = {one["field"]: one["what is known"] for one in table(declared(), f"authorities/{authority}/processing.csv")}
    missing = {field for field, told in found.items() if told == MISSING}
    assert missing == {
        "name of the controller, its representative and its data protection officer",
        "categories of these people",
        "time limits for erasing each category of data",
    }
    assert found["who answers for the enclave"] == "platform, platform@enclave.example"
    assert found["category of data: restricted"] == "for example phone number"
    assert found["recipient: harbour"] == "IE, controlled from CN"


def test_without_a_declaration_everything_is_missing_and_nothing_is_made_up() -> None:
    record = small().model_copy(update={"enclave": type(small().enclave)()})
    found = table(record, "authorities/dpc-ie/processing.csv")
    known = {one["field"] for one in found if one["what is known"] != MISSING}
    assert known == {"transfers to other countries", "measures: rules"}
    assert table(record, "authorities/dpc-ie/transfers.csv") == []


def test_the_letters_are_those_of_each_law() -> None:
    asked = {one.id: [one.asks(part) for part in ("transfers", "erasure", "measures")] for one in AUTHORITIES}
    assert asked["dpc-ie"] == ["article 30(1) (e)", "article 30(1) (f)", "article 30(1) (g)"]
    assert asked["fdpic-ch"] == ["article 12(2) (g)", "article 12(2) (e)", "article 12(2) (f)"]
    assert all(sorted(one.letters) == list("abcdefg") and len(one.letters) == len(PARTS) for one in AUTHORITIES)


class Balanced(HTMLParser):
    """Notes what an HTML document opens, closes and loads."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.loads: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag that opens, and what it would load or run."""
        self.loads += [f"{name}={value}" for name, value in attrs if name in ("src", "href", "onerror", "onclick")]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Hold a tag that closes against the one that is open."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Note what is shown."""
        self.text += data


@pytest.mark.parametrize("name", [name for name in FILES if name.endswith(".html")])
@pytest.mark.parametrize("word", ["plain", *WORDS], ids=range(len(WORDS) + 1))
def test_a_page_is_whole_and_loads_nothing_whatever_names_say(name: str, word: str) -> None:
    record = declared(
        name=word,
        transfers=(transfer(word, "IE", "NO", what=word, purposes=(word,)),),
        purposes=(word,),
        entities=(Entity(name=word, country="IE", controlled_from="IE"),),
    )
    page = Balanced()
    page.feed(FILES[name](record).decode())
    page.close()
    assert (page.open, page.loads) == ([], [])
    told = re.sub(r"\s+", " ", visible(word)).strip()
    assert told in re.sub(r"\s+", " ", page.text)


@pytest.mark.parametrize("name", FILES)
def test_the_same_record_gives_the_same_bytes(name: str) -> None:
    assert FILES[name](declared()) == FILES[name](declared())


@pytest.mark.parametrize("name", [name for name in FILES if name.endswith("transfers.csv")])
def test_a_table_is_no_formula(name: str) -> None:
    found = table(declared(transfers=(transfer("=cmd|'/C calc'!A1", "IE", "NO"),)), name)
    assert [one["recipient"] for one in found] == ["'=cmd|'/C calc'!A1"]
    assert tuple(found[0]) == HEAD
