"""Who is left without an answer in the next twelve months."""

import datetime as dt
import time

import pytest
from django.utils import translation

from contacts import coverage
from contacts.coverage import gaps, reasons
from contacts.models import Area, DocumentedGap, Post, Responsibility
from contacts.quality.gap_words import sentence, where
from contacts.resolver import Outcome, resolve
from contacts.snapshot import latest
from tests import factories
from tests.contacts.county import county

pytestmark = pytest.mark.django_db

ON = dt.date(2026, 11, 22)
END = dt.date(2027, 11, 22)  # the last of 366 days


def day(offset: int) -> dt.date:
    return ON + dt.timedelta(days=offset)


@pytest.fixture
def place():
    with translation.override("en"):
        yield county()


def found(**options) -> list[tuple]:
    """Every gap as (places, first day, last day, whether there is a reason)."""
    return [
        (where(gap), gap.first, gap.last, gap.explained)
        for gap in gaps(latest(), on=ON, known=reasons(), **options)
    ]


def test_a_county_in_which_every_town_has_a_post_has_no_gap(place):
    assert found() == []


def test_a_town_without_a_rule_is_one_gap_with_all_its_parts(place):
    place.richter.responsibilities.all().delete()

    assert found() == [("Grimma", ON, END, False)]


def test_a_district_in_which_no_town_has_a_rule_is_one_gap(place):
    Responsibility.objects.all().delete()

    assert found() == [("Landkreis Leipzig", ON, END, False)]


def test_a_rule_for_the_whole_district_answers_for_all(place):
    Responsibility.objects.all().delete()
    factories.rule(place.loth, place.district)

    assert found() == []


def test_a_part_that_is_looked_after_is_left_out_of_its_towns_gap(place):
    place.richter.responsibilities.all().delete()
    factories.rule(place.loth, place.nerchau)

    assert found() == [("Grimma without Nerchau", ON, END, False)]


def test_a_part_whose_own_post_is_vacant_is_a_gap_of_its_own(place):
    vacant = factories.post(place.agency, "Ortsteil", staffing=Post.Staffing.VACANT)
    factories.rule(vacant, place.nerchau)
    (gap,) = gaps(latest(), on=ON)

    assert (where(gap), sentence(gap)) == (
        "Nerchau (Grimma)",
        "Nobody answers today and in the next twelve months: Ortsteil is not filled.",
    )


@pytest.mark.parametrize("staffing", [Post.Staffing.VACANT, Post.Staffing.PLANNED])
def test_a_post_that_is_not_filled_answers_only_by_its_deputy(place, staffing):
    Post.objects.filter(pk=place.richter.pk).update(staffing=staffing)
    assert found() == [("Grimma", ON, END, False)]

    Post.objects.filter(pk=place.richter.pk).update(deputy=place.loth)
    assert found() == []


def test_a_filled_post_answers_without_a_known_holder_and_while_they_are_away(place):
    place.richter.tenures.all().delete()
    place.loth.tenures.get().person.absences.create(valid_from=day(10), valid_until=day(20))

    assert found() == []


def test_the_last_day_of_a_rule_is_answered_and_the_next_one_is_not(place):
    place.richter.responsibilities.update(valid_until=day(30))
    factories.rule(place.loth, place.grimma, valid_from=day(41))

    assert found() == [("Grimma", day(31), day(40), False)]


def test_a_hand_over_from_one_day_to_the_next_leaves_no_gap(place):
    place.richter.responsibilities.update(valid_until=day(30))
    factories.rule(place.loth, place.grimma, valid_from=day(31))

    assert found() == []


def test_two_gaps_of_one_town_are_two_and_equal_gaps_of_two_towns_are_one(place):
    colditz = factories.municipality("Colditz", place.district)
    for town in (place.grimma, colditz):
        Responsibility.objects.filter(area=town).delete()
        factories.rule(place.loth, town, valid_from=day(5), valid_until=day(9))

    assert found() == [
        ("Colditz, Grimma", ON, day(4), False),
        ("Colditz, Grimma", day(10), END, False),
    ]


def test_a_gap_that_begins_after_the_year_is_not_told_yet(place):
    place.richter.responsibilities.update(valid_until=END)
    assert found() == []

    place.richter.responsibilities.update(valid_until=END - dt.timedelta(days=1))
    assert found() == [("Grimma", END, END, False)]


# Topics -------------------------------------------------------------------------------------------


def test_a_topic_without_a_rule_falls_back_to_the_general_answer(place):
    factories.topic()

    assert found() == []


def test_a_topic_whose_post_is_vacant_is_a_gap_although_the_general_post_answers(place):
    vacant = factories.post(place.agency, "Bildung", staffing=Post.Staffing.VACANT)
    factories.rule(vacant, place.district, topic=factories.topic())

    assert found() == [("Landkreis Leipzig (Bildung)", ON, END, False)]


def test_a_gap_on_every_topic_is_told_once(place):
    factories.topic()
    factories.topic("language", "Sprache")
    place.richter.responsibilities.all().delete()

    assert found() == [("Grimma", ON, END, False)]


# Reasons ------------------------------------------------------------------------------------------


def explain(place, area, **fields) -> DocumentedGap:
    return DocumentedGap.objects.create(
        **{"agency": place.agency, "area": area, "reason": "Not filled before spring", **fields}
    )


def test_a_reason_for_the_town_explains_its_gap_until_its_last_day(place):
    place.richter.responsibilities.all().delete()
    explain(place, place.grimma, valid_until=day(30))

    assert found() == [("Grimma", day(31), END, False), ("Grimma", ON, day(30), True)]


def test_a_reason_for_the_district_stands_for_all_its_places(place):
    Responsibility.objects.all().delete()
    explain(place, place.district)

    assert found() == [("Landkreis Leipzig", ON, END, True)]


def test_a_reason_on_a_topic_explains_nothing_in_general(place):
    place.richter.responsibilities.all().delete()
    explain(place, place.grimma, topic=factories.topic())

    assert found() == [("Grimma", ON, END, False)]


def test_an_agency_elsewhere_explains_nothing_here(place):
    place.richter.responsibilities.all().delete()
    other = factories.agency("Fremde Stelle", factories.district())
    explain(place, place.grimma, agency=other)

    assert ("Grimma", ON, END, False) in found()


def test_an_agency_that_has_ended_is_a_reason_and_one_that_will_end_is_none(place):
    place.agency.ended_on = day(-1)
    place.agency.save()
    assert found() == [("Landkreis Leipzig", ON, END, True)]

    place.agency.ended_on = day(99)
    place.agency.save()
    assert found() == [("Landkreis Leipzig", day(100), END, False)]


# Scope and effort ---------------------------------------------------------------------------------


def test_only_the_districts_of_the_asked_agencies_are_looked_at(place):
    district = factories.district("Landkreis Fremd")
    factories.municipality("Fremdstadt", district)
    factories.municipality("Anderswo", district)
    other = factories.agency("Fremde Stelle", district)

    assert found(agencies=frozenset({place.agency.pk})) == []
    assert found(agencies=frozenset({other.pk})) == [("Landkreis Fremd", ON, END, False)]


def test_the_report_agrees_with_asking_for_every_place_topic_and_day(place):
    topic = factories.topic()
    extra = factories.municipality("Colditz", place.district)
    quarter = factories.quarter("Altstadt", place.grimma)
    inner = factories.locality("Gasse", quarter)
    vacant = factories.post(place.agency, "Offen", staffing=Post.Staffing.VACANT)
    place.richter.responsibilities.update(valid_until=day(20))
    factories.rule(place.loth, quarter, valid_from=day(15), valid_until=day(33))
    factories.rule(vacant, inner, valid_from=day(18), valid_until=day(25))
    factories.rule(place.loth, inner, topic=topic, valid_from=day(22), valid_until=day(50))
    factories.rule(vacant, place.district, topic=topic, valid_from=day(40), valid_until=day(60))
    factories.rule(place.richter, extra, valid_from=day(7))
    place.agency.ended_on = day(55)
    place.agency.save()
    held, days = latest(), 70

    told = set()
    for gap in gaps(held, on=ON, days=days):
        areas = set(gap.areas)
        spared = set(gap.without)
        for one in held.gazetteer.by_id.values():
            steps = list(one.ladder)
            nearest = next((s for s in steps if s in areas or s in spared), None)
            if nearest not in areas or one.is_district:
                continue
            for offset in range((gap.last - gap.first).days + 1):
                told.add((one.name, gap.topic, gap.first + dt.timedelta(days=offset)))
    asked = set()
    for one in held.gazetteer.by_id.values():
        for offset in range(days):
            for topic_view in (None, *held.topics):
                answer = resolve(one, topic_view, on=day(offset), snapshot=held)
                if answer.outcome is not Outcome.EXACT and not one.is_district:
                    asked.add((one.name, topic_view, day(offset)))

    general = {(name, when) for name, topic_view, when in told if topic_view is None}
    assert general == {(name, when) for name, topic_view, when in asked if topic_view is None}
    # A gap on a topic that is just the general one is not told again.
    on_topic = {(name, when) for name, topic_view, when in asked if topic_view is not None}
    assert on_topic <= general | {(n, w) for n, topic_view, w in told if topic_view is not None}
    assert {(n, w) for n, topic_view, w in told if topic_view is not None} <= on_topic


def test_three_hundred_towns_with_five_thousand_rules_take_a_moment(django_assert_num_queries):
    district = factories.district("Landkreis Groß")
    towns = [factories.municipality(f"Ort {n}", district) for n in range(300)]
    agency = factories.agency("Große Stelle", district)
    post = factories.post(agency)
    topic = factories.topic()
    spans = [(day(20 * n), day(20 * n + 18)) for n in range(-2, 15)]
    Responsibility.objects.bulk_create(
        Responsibility(
            post=post,
            area=town,
            topic=topic if number % 3 == 0 else None,
            valid_from=first + dt.timedelta(days=place % 7),
            valid_until=last + dt.timedelta(days=place % 7),
        )
        for place, town in enumerate(towns)
        for number, (first, last) in enumerate(spans)
    )
    held = latest()
    assert Responsibility.objects.count() == 5100

    started = time.perf_counter()
    with django_assert_num_queries(0):
        number = len(gaps(held, on=ON))

    assert number > 0
    assert time.perf_counter() - started < 5  # far less where nothing else runs
    assert coverage.DAYS == 366
    assert Area.objects.count() == 301
