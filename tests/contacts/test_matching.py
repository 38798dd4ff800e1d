"""Who may suit whom: the table of cases, what is shown to whom, and asking both."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from contacts.enquiries import handling, matching
from contacts.enquiries.matching import Row, score
from contacts.models import Introduction
from portal.models import OutboxMessage
from tests import factories
from tests.contacts.desk import NOW, Desks, desks, enquiry

GRIMMA, BORNA, COLDITZ, LEIPZIG = 1, 2, 3, 9
COUNTY, CITY = 100, 900
DAY = dt.timedelta(days=1)


def row(town=GRIMMA, district=COUNTY, near=(), activities=(), languages=()) -> Row:
    return Row(town, district, frozenset(near), frozenset(activities), frozenset(languages))


@pytest.fixture
def english():
    with translation.override("en"):
        yield


@pytest.mark.parametrize(
    ("one", "other", "said"),
    [
        (row(), row(), ["same town"]),
        (row(near=[BORNA]), row(BORNA), ["neighbouring town"]),
        (row(), row(BORNA, near=[GRIMMA]), ["neighbouring town"]),
        (row(), row(COLDITZ), ["same district"]),
        (row(), row(None, COUNTY), ["same district"]),
        (row(), row(LEIPZIG, CITY), None),
        (row(LEIPZIG, CITY, near=[GRIMMA]), row(), ["neighbouring town"]),
        (row(None, None), row(), None),
        (
            row(None, None, activities=["homework"]),
            row(activities=["homework"]),
            ["both: Help with homework"],
        ),
        (row(activities=["homework"]), row(activities=["sport"]), None),
        (row(activities=["homework"]), row(), ["same town"]),
        (row(activities=["other"]), row(activities=["other"]), ["same town"]),
        (row(activities=["other"]), row(activities=["sport"]), ["same town"]),
        (
            row(activities=["german", "sport"], languages=["ar", "de"]),
            row(activities=["sport", "german"], languages=["ar"]),
            ["same town", "both: Sport and games, Learning German", "both speak Arabic"],
        ),
        (row(languages=["uk"]), row(languages=["ar"]), ["same town"]),
        (
            row(LEIPZIG, CITY, activities=["sport"], languages=["ar"]),
            row(activities=["sport"], languages=["ar"]),
            None,
        ),
    ],
)
def test_two_suit_each_other_or_not_and_the_reasons_are_said_in_words(english, one, other, said):
    for found in (score(one, other), score(other, one)):
        assert (found.reasons() if found else None) == said


def test_the_place_decides_before_what_they_share():
    everything = {"activities": ["sport", "art", "german", "forms"], "languages": ["ar", "de"]}
    wanted = row(near=[BORNA], **everything)
    places = [row(), row(BORNA, **everything), row(COLDITZ, **everything)]
    points = [score(wanted, each).points for each in places]
    assert points == sorted(points, reverse=True)
    shared = [
        score(wanted, row(activities=["sport"], languages=codes)).points
        for codes in (["ar", "de"], ["ar"], ["uk"])
    ]
    assert shared == sorted(shared, reverse=True)
    assert len(set(points + shared)) == 6


# With rows ----------------------------------------------------------------------------------------


@pytest.fixture
def world(db, english) -> Desks:
    return desks()


def offer(post, area, **fields):
    return enquiry(post, kind="help-offered", area=area, **fields)


def found_for(one, user) -> list:
    return [each.enquiry for each in matching.suggest(one, user=user).rows]


@pytest.mark.django_db
def test_a_desk_sees_who_suits_best_and_of_colleagues_only_how_many(world):
    place = world.place
    wanted = enquiry(place.richter, area=place.nerchau, activities=["homework"], languages=["ar"])
    far = offer(place.richter, factories.municipality("Colditz", place.district))
    near = offer(place.richter, place.borna, activities=["homework"])
    same = offer(None, place.grimma, agency=place.agency, languages=["ar", "de"])
    sport = offer(place.richter, place.grimma, activities=["sport"])
    for _number in range(2):
        offer(place.loth, place.borna)
    foreign = factories.agency("Fremde Stelle")
    offer(None, place.grimma, agency=foreign)
    enquiry(place.richter, area=place.grimma)  # another one who looks for help
    closed, erased = offer(place.richter, place.grimma), offer(place.richter, place.grimma)
    handling.close(closed, "helped", by=world.richter, now=NOW)
    type(erased).objects.filter(pk=erased.pk).update(erased_at=NOW)

    found = matching.suggest(wanted, user=world.richter)

    assert [(each.enquiry, each.reasons) for each in found.rows] == [
        (same, ["same town", "both speak Arabic"]),
        (near, ["neighbouring town", "both: Help with homework"]),
        (far, ["same district"]),
    ]
    assert found.elsewhere == [("Kommunale Koordinatorin", 2)]
    assert found_for(sport, world.richter) != [wanted]
    assert wanted in found_for(near, world.richter)  # and the other way round
    people = enquiry(place.richter, kind="people-wanted", area=place.grimma)
    assert same in found_for(people, world.richter)
    idea = enquiry(place.richter, kind="idea", area=place.grimma)
    assert found_for(idea, world.richter) == []
    assert len(found_for(wanted, world.admin)) == 5


@pytest.mark.django_db
def test_there_are_ten_at_most_and_the_queries_do_not_grow(world):
    wanted = enquiry(world.place.richter, area=world.place.nerchau)
    counts = []
    matching.suggest(wanted, user=world.richter)  # which asks for the roles, once
    for number in (2, 20):
        for n in range(number):
            offer(world.place.richter, world.place.nerchau, now=NOW + n * DAY)
            offer(world.place.loth, world.place.borna)
        with CaptureQueriesContext(connection) as queries:
            found = matching.suggest(wanted, user=world.richter)
            assert all(each.reasons for each in found.rows)
        counts.append(len(queries))
    assert len(found.rows) == 10
    assert found.elsewhere == [("Kommunale Koordinatorin", 22)]
    assert counts[0] == counts[1] < 15


@pytest.mark.django_db
def test_both_are_asked_and_neither_learns_who_the_other_is(world):
    place = world.place
    wanted = enquiry(place.richter, area=place.nerchau, languages=["ar"], times="abends")
    helper = offer(
        place.richter,
        place.grimma,
        name="Ben Baum",
        organisation="Turnverein",
        email="ben@example.org",
        phone="0170 5",
        text="Ich war Lehrer.",
        activities=["homework"],
        language="de",
    )

    pair = matching.propose(helper, wanted, by=world.richter, now=NOW)

    assert (pair.state, pair.proposed_by) == ("asked", world.richter)
    to_wanted, to_helper = OutboxMessage.objects.order_by("recipient")
    assert (to_wanted.recipient, to_helper.recipient) == ("amal@example.org", "ben@example.org")
    assert "Help with homework" in to_wanted.body
    assert "Place: Grimma" in to_wanted.body
    for secret in ("Ben", "Baum", "Turnverein", "ben@", "0170", "Lehrer", helper.reference):
        assert secret not in to_wanted.body + to_wanted.subject
    for secret in ("Amal", "Haddad", "amal@", wanted.reference):
        assert secret not in to_helper.body + to_helper.subject
    assert "abends" in to_helper.body
    for side in (wanted, helper):
        assert [event.kind for event in side.events.all()] == ["received", "matched"]
    assert found_for(wanted, world.richter) == []
    with pytest.raises(ValidationError, match="asked already"):
        matching.propose(helper, wanted, by=world.richter, now=NOW)

    matching.take_back(pair, by=world.richter, now=NOW)
    assert found_for(wanted, world.richter) == [helper]
    with pytest.raises(ValidationError, match="nothing to take back"):
        matching.take_back(pair, by=world.richter, now=NOW)
    again = matching.propose(helper, wanted, by=world.richter, now=NOW)
    Introduction.objects.filter(pk=again.pk).update(state="refused")
    assert found_for(wanted, world.richter) == []
    with pytest.raises(ValidationError, match="asked already"):
        matching.propose(helper, wanted, by=world.richter, now=NOW)


@pytest.mark.django_db
def test_whoever_gave_only_a_number_gets_no_mail(world):
    wanted = enquiry(world.place.richter, email="", phone="0170 1")
    helper = offer(world.place.richter, world.place.grimma, email="", phone="0170 2")
    matching.propose(helper, wanted, by=world.richter, now=NOW)
    assert not OutboxMessage.objects.exists()


@pytest.mark.django_db
def test_what_does_not_belong_together_is_not_asked(world):
    place = world.place
    wanted, helper = enquiry(place.richter), offer(place.richter, place.grimma)
    idea, elsewhere = enquiry(place.richter, kind="idea"), offer(place.loth, place.borna)
    for one, other, why in (
        (wanted, helper, "Only an offer of help and a request"),
        (helper, idea, "Only an offer of help and a request"),
        (helper, helper, "lies at another desk"),
        (elsewhere, wanted, "lies at another desk"),
    ):
        with pytest.raises(ValidationError, match=why):
            matching.propose(one, other, by=world.richter, now=NOW)
    handling.close(wanted, "helped", by=world.richter, now=NOW)
    with pytest.raises(ValidationError, match="closed meanwhile"):
        matching.propose(helper, wanted, by=world.richter, now=NOW)
    assert not Introduction.objects.exists()
