"""A contact for the address book, byte by byte where the standards ask for it."""

import datetime as dt

import pytest

from contacts.models import Doubt
from contacts.snapshot import latest
from contacts.vcard import escaped, fold, vcard
from tests.contacts.county import county

ON = dt.date(2026, 11, 23)
URL = "https://example.org/de/ansprechpersonen/koi/"


@pytest.fixture
def here(db):
    return county()


def lines_of(slug: str, version: str = "3.0") -> list[str]:
    content = vcard(latest().post(slug), on=ON, url=URL, version=version)
    assert content.endswith("\r\n")
    assert "\n" not in content.replace("\r\n", "")
    return content.replace("\r\n ", "").split("\r\n")


def test_a_card_names_person_post_agency_and_ways_to_reach_them(here):
    lines = lines_of("koi")

    assert lines[:2] == ["BEGIN:VCARD", "VERSION:3.0"]
    assert "FN:Martina Richter" in lines
    assert "N:Richter;Martina;;;" in lines
    assert "TITLE:Koordinatorin" in lines
    assert "TEL;TYPE=WORK,VOICE:03433 241-3431" in lines
    assert "EMAIL;TYPE=WORK,INTERNET:post@example.org" in lines
    assert "ADR;TYPE=WORK:;;Südstraße 80;Grimma;;04668;Deutschland" in lines
    assert lines[-2:] == ["END:VCARD", ""]


def test_version_4_says_what_kind_of_card_it_is(here):
    lines = lines_of("koi", "4.0")

    assert lines[:3] == ["BEGIN:VCARD", "VERSION:4.0", "KIND:individual"]
    assert 'TEL;VALUE=text;TYPE="work,voice":03433 241-3431' in lines


def test_the_uid_stays_when_the_holder_changes(here):
    before = next(line for line in lines_of("koi") if line.startswith("UID"))
    here.person.name = "Somebody Else"
    here.person.save()

    after = lines_of("koi")

    assert before in after
    assert "FN:Somebody Else" in after


def test_a_number_in_doubt_is_not_saved_on_telephones(here):
    Doubt.objects.create(agency=here.agency, post=here.loth, field="phone")

    lines = lines_of("kik")

    assert "TEL;TYPE=WORK,VOICE:03433 241-3431" in lines  # the agency's
    assert not any("4742" in line for line in lines)


def test_long_lines_are_folded_at_75_octets_and_never_inside_a_letter():
    folded = fold("NOTE:" + "ä" * 200)

    pieces = folded.split("\r\n")
    assert all(len(piece.encode()) <= 75 for piece in pieces)
    assert all(piece.startswith(" ") for piece in pieces[1:])
    assert "".join([pieces[0], *(piece[1:] for piece in pieces[1:])]) == "NOTE:" + "ä" * 200


def test_what_has_a_meaning_in_a_card_is_escaped():
    assert escaped("a,b;c\\d\r\ne") == "a\\,b\\;c\\\\d\\ne"


@pytest.mark.parametrize(("query", "version"), [("", "3.0"), ("?v=4", "4.0")])
def test_the_address_gives_a_file(client, here, query, version):
    response = client.get(f"/de/ansprechpersonen/koi.vcf{query}")

    assert response["Content-Type"] == "text/vcard; charset=utf-8"
    assert 'filename="koi.vcf"' in response["Content-Disposition"]
    assert f"VERSION:{version}\r\n" in response.content.decode()
