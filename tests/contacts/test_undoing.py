"""Taking a publication back, and going back to an earlier one."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from contacts import consequences, responsibilities, staffing
from contacts.models import Person, Post, Publication, Responsibility, Tenure
from contacts.publishing import RefusedError
from contacts.records import Edit, as_record, from_record
from contacts.rule_checks import Row
from tests import factories
from tests.contacts.county import county
from tests.contacts.taking_back import roll_back, undo

NOW = dt.datetime(2026, 11, 23, 10, 30, tzinfo=dt.UTC)
MONDAY = dt.date(2026, 11, 30)


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def place(db):
    return county()


def publish(place, changes=(), edits=(), **fields):
    return consequences.publish(
        place.agency, changes, edits=edits, by=factories.user(), now=NOW, **fields
    )[0]


def state() -> tuple[list, list, list]:
    """Everything that a publication can change, ids included."""
    rules = Responsibility.objects.order_by("pk").values_list()
    tenures = Tenure.objects.order_by("pk").values_list()
    posts = Post.objects.order_by("pk").values_list("pk", "phone", "room", "staffing")
    return list(rules), list(tenures), list(posts)


def move(place, area, to, on=MONDAY):
    rules = Responsibility.objects.filter(area=area).select_related("post__agency", "area")
    return publish(place, responsibilities.move(rules, to=to, on=on), reason="Hand-over")


def test_a_hand_over_is_taken_back_to_the_last_row(place):
    before = state()
    published = move(place, place.grimma, place.loth)
    assert state() != before

    undone = undo(published, by=None, now=NOW)

    assert state() == before
    assert undone.kind == Publication.Kind.UNDO


def test_a_deleted_rule_comes_back_under_its_old_id(place):
    rule = Responsibility.objects.select_related("post__agency", "area").get(area=place.grimma)
    before = state()
    published = publish(place, [responsibilities.delete(rule)])

    undo(published, by=None, now=NOW)

    assert state() == before


def test_what_was_taken_back_can_be_taken_back(place):
    published = move(place, place.grimma, place.loth)
    after = state()
    undone = undo(published, by=None, now=NOW)

    undo(undone, by=None, now=NOW)

    assert state() == after


def test_a_later_change_of_the_same_rows_stands_in_the_way(place):
    first = move(place, place.grimma, place.loth)
    move(place, place.grimma, place.richter, on=MONDAY)
    before = state()

    with pytest.raises(RefusedError, match="has been changed since"):
        undo(first, by=None, now=NOW)

    assert state() == before


def test_rolling_back_takes_all_later_publications_back_at_once(place):
    first = move(place, place.borna, place.richter)
    wanted = state()
    move(place, place.grimma, place.loth)
    move(place, place.grimma, place.richter, on=MONDAY + dt.timedelta(days=7))
    new = Person.objects.create(agency=place.agency, name="Nora Neu")
    holder = staffing.replace_holder(
        place.richter, leaving=None, following=new, last_day=dt.date(2026, 11, 30)
    )
    publish(place, edits=holder)

    roll_back(first, by=None, now=NOW)

    assert state() == wanted


def test_a_number_corrected_since_stays_corrected(place):
    post = place.richter
    changed = from_record({**as_record(Post.objects.get(pk=post.pk)), "room": "7"})
    published = publish(place, edits=[Edit(Post.objects.get(pk=post.pk), changed)])
    Post.objects.filter(pk=post.pk).update(phone="03437 999")

    undo(published, by=None, now=NOW)

    post.refresh_from_db()
    assert (post.room, post.phone) == ("414", "03437 999")


def test_a_new_holder_is_taken_back(place):
    before = state()
    leaving = Tenure.objects.get(post=place.richter).person
    following = Person.objects.create(agency=place.agency, name="Nora Neu")
    edits = staffing.replace_holder(
        place.richter, leaving=leaving, following=following, last_day=dt.date(2026, 11, 30)
    )
    published = publish(place, edits=edits, kind=Publication.Kind.REPLACEMENT)
    spans = (
        Tenure.objects.filter(post=place.richter)
        .order_by("pk")
        .values_list("person__name", "valid_from", "valid_until")
    )
    assert list(spans) == [
        (leaving.name, None, dt.date(2026, 11, 30)),
        ("Nora Neu", dt.date(2026, 12, 1), None),
    ]

    undo(published, by=None, now=NOW)

    assert state() == before
    assert Person.objects.filter(name="Nora Neu").exists()  # entered before, by hand


def test_a_new_row_that_something_else_needs_meanwhile_stays(place):
    person = Person(agency=place.agency, name="Nora Neu")
    published = publish(place, edits=[Edit(None, person)])
    Tenure.objects.create(post=place.richter, person=person)

    with pytest.raises(RefusedError, match="still needed"):
        undo(published, by=None, now=NOW)

    assert Person.objects.filter(name="Nora Neu").exists()


def test_the_number_of_queries_does_not_grow_with_the_rows(place):
    def queries(number: int) -> int:
        towns = [
            factories.municipality(f"Stadt {number}-{n}", place.district) for n in range(number)
        ]
        rows = [responsibilities.create(Row(post=place.richter, area=town)) for town in towns]
        published = publish(place, rows)
        with CaptureQueriesContext(connection) as captured:
            undo(published, by=None, now=NOW)
        return len(captured)

    assert queries(3) == queries(40)


def test_what_is_about_a_deleted_person_place_or_topic_is_refused_in_words(place):
    person = Person.objects.create(agency=place.agency, name="Weg Gegangen")
    topic = factories.topic()
    publish(place, edits=[Edit(None, Tenure(post=place.loth, person=person))])
    publish(
        place,
        [
            responsibilities.create(Row(post=place.loth, area=place.nerchau)),
            responsibilities.create(Row(post=place.richter, area=place.borna, topic=topic)),
        ],
    )
    ends = [
        publish(place, edits=[Edit(Tenure.objects.get(person=person), None)]),
        publish(place, [responsibilities.delete(Responsibility.objects.get(area=place.nerchau))]),
        publish(place, [responsibilities.delete(Responsibility.objects.get(topic=topic))]),
    ]
    for row in (person, place.nerchau, topic):
        row.delete()
    left = state()

    for publication in ends:
        with pytest.raises(RefusedError) as refused:
            undo(publication, by=None, now=NOW)
        assert refused.value.messages == ["What this was about has been deleted since."]
    assert state() == left
