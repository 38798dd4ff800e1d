"""The verb that changes who answers for which place."""

import datetime as dt
import threading

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import translation

from contacts import consequences, publishing, responsibilities
from contacts.models import GoldenCase, Publication, Responsibility
from contacts.publishing import RefusedError
from contacts.responsibilities import create, delete, update
from contacts.rule_checks import Row
from contacts.snapshot import latest
from portal import data_version
from tests import factories
from tests.contacts.county import county

TODAY = dt.date(2026, 11, 23)
NOW = dt.datetime(2026, 11, 23, 10, 30, tzinfo=dt.UTC)
NEW_YEAR = dt.date(2027, 1, 1)


def publish(place, *changes, by=None, reason=""):
    return publishing.publish(place.agency, changes, by=by, reason=reason, now=NOW)


def refused(place, *changes) -> str:
    with pytest.raises(RefusedError) as caught:
        publish(place, *changes)
    return str(caught.value)


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def place(db):
    return county()


@pytest.fixture
def grimma_rule(place):
    return Responsibility.objects.get(area=place.grimma)


def answering(area, on) -> list[str]:
    rules = Responsibility.objects.filter(area=area).current(on).select_related("post")
    return sorted(rule.post.slug for rule in rules)


def test_a_publication_holds_the_rows_before_and_after(place, grimma_rule):
    user = factories.user()
    published = publish(
        place, update(grimma_rule, post=place.loth), by=user, reason="Ms Richter has left"
    )
    assert (published.published_by, published.reason) == (user, "Ms Richter has left")
    assert published.published_at == NOW
    (before,), (after,) = published.before, published.after
    assert (before["id"], before["post_id"]) == (grimma_rule.pk, place.richter.pk)
    assert (after["id"], after["post_id"]) == (grimma_rule.pk, place.loth.pk)
    assert answering(place.grimma, TODAY) == ["kik"]


def test_create_update_and_delete_are_one_publication(place, grimma_rule):
    borna_rule = Responsibility.objects.get(area=place.borna)
    published = publish(
        place,
        delete(borna_rule),
        update(grimma_rule, valid_until=TODAY),
        create(Row(post=place.richter, area=place.borna)),
    )
    assert len(published.before) == 2
    assert [row["area_id"] for row in published.after] == [place.grimma.pk, place.borna.pk]
    assert answering(place.borna, TODAY) == ["koi"]
    assert answering(place.grimma, TODAY + dt.timedelta(days=1)) == []


def test_nothing_is_published_when_nothing_changes(place, grimma_rule):
    assert publish(place, update(grimma_rule)) is None
    assert not Publication.objects.exists()


def test_a_second_rule_for_a_place_is_refused_in_words_that_help(place):
    place.loth.abbreviation = "KIK"
    place.loth.save()
    Responsibility.objects.filter(area=place.borna).update(valid_from=NEW_YEAR)
    message = refused(place, create(Row(post=place.richter, area=place.borna)))
    assert "Borna" in message
    assert "KIK – Kommunale Koordinatorin (Jana Loth)" in message
    assert "from 1 Jan 2027 on" in message
    assert answering(place.borna, NEW_YEAR) == ["kik"]
    assert not Publication.objects.exists()


def test_rules_that_follow_each_other_by_a_day_are_no_team(place, grimma_rule):
    eve = NEW_YEAR - dt.timedelta(days=1)
    publish(
        place,
        update(grimma_rule, valid_until=eve),
        create(Row(post=place.loth, area=place.grimma, valid_from=NEW_YEAR)),
    )
    assert answering(place.grimma, eve) == ["koi"]
    assert answering(place.grimma, NEW_YEAR) == ["kik"]


def test_one_shared_day_is_too_many(place, grimma_rule):
    assert "Grimma" in refused(
        place,
        update(grimma_rule, valid_until=NEW_YEAR),
        create(Row(post=place.loth, area=place.grimma, valid_from=NEW_YEAR)),
    )


def test_a_team_needs_every_rule_to_be_shared(place, grimma_rule):
    joining = create(Row(post=place.loth, area=place.grimma, joint=True))
    assert "Grimma" in refused(place, joining)
    publish(place, update(grimma_rule, joint=True), joining)
    assert answering(place.grimma, TODAY) == ["kik", "koi"]
    assert "Grimma" in refused(place, update(refreshed(grimma_rule), joint=False))


def test_another_topic_is_another_rule(place):
    topic = factories.topic()
    publish(place, create(Row(post=place.loth, area=place.grimma, topic=topic)))
    assert answering(place.grimma, TODAY) == ["kik", "koi"]


def test_a_post_cannot_have_a_place_twice_not_even_as_a_team(place, grimma_rule):
    again = create(Row(post=place.richter, area=place.grimma, valid_from=NEW_YEAR, joint=True))
    assert "already" in refused(place, update(grimma_rule, joint=True), again)


def test_a_loaded_overlap_may_be_made_smaller_but_not_larger(place, grimma_rule):
    loaded = factories.rule(place.loth, place.grimma, valid_from=TODAY)
    publish(place, *responsibilities.end([loaded], on=TODAY + dt.timedelta(days=30)))
    assert "Grimma" in refused(place, update(refreshed(loaded), valid_until=None))


def test_two_editors_rules_are_checked_together(place, grimma_rule):
    borna_rule = Responsibility.objects.get(area=place.borna)
    publish(place, update(grimma_rule, post=place.loth), update(borna_rule, post=place.richter))
    assert answering(place.grimma, TODAY) == ["kik"]
    assert answering(place.borna, TODAY) == ["koi"]


def test_another_agencys_posts_and_rules_are_out_of_reach(place):
    stranger = factories.post(factories.agency("Fremde Stelle", place.district))
    assert "another agency" in refused(place, create(Row(post=stranger, area=place.nerchau)))
    foreign = factories.rule(stranger, place.nerchau)
    assert "another agency" in refused(place, delete(foreign))
    assert Responsibility.objects.filter(pk=foreign.pk).exists()


def test_a_town_of_another_county_cannot_be_taken(place):
    foreign = factories.municipality("Döbeln", factories.district("Landkreis Mittelsachsen"))
    quarter = factories.locality("Großbauchlitz", foreign)
    for area in (foreign, foreign.parent, quarter):
        message = refused(place, create(Row(post=place.loth, area=area)))
        assert "lies in none of the districts of Koordinierungsstelle" in message
    assert not Responsibility.objects.filter(post=place.loth).exclude(area=place.borna).exists()
    publish(place, create(Row(post=place.loth, area=place.district)))
    publish(place, create(Row(post=place.loth, area=factories.locality("Hohnstädt", place.grimma))))


def test_a_rule_that_is_loaded_for_another_countys_town_may_only_get_smaller(place):
    foreign = factories.municipality("Döbeln", factories.district("Landkreis Mittelsachsen"))
    loaded = factories.rule(place.loth, foreign, valid_until=NEW_YEAR)
    assert "none of the districts" in refused(place, update(loaded, valid_until=None))
    publish(place, *responsibilities.end([loaded], on=TODAY))
    assert answering(foreign, NEW_YEAR) == []
    publish(place, delete(refreshed(loaded)))


def test_another_agencys_rule_for_the_same_place_stands_in_the_way(place):
    stranger = factories.post(factories.agency("Fremde Stelle", place.district))
    factories.rule(stranger, place.nerchau)
    assert "Nerchau" in refused(place, create(Row(post=place.loth, area=place.nerchau)))


def test_a_finished_agency_stands_in_nobodys_way(place):
    finished = factories.agency("Altes Projekt", place.district, ended_on=dt.date(2013, 12, 31))
    factories.rule(factories.post(finished), place.nerchau)
    publish(place, create(Row(post=place.loth, area=place.nerchau)))
    assert "kik" in answering(place.nerchau, TODAY)


def test_the_last_day_cannot_lie_before_the_first(place, grimma_rule):
    assert "last day" in refused(
        place,
        create(Row(post=place.loth, area=place.nerchau, valid_from=NEW_YEAR, valid_until=TODAY)),
    )
    later = factories.rule(place.loth, place.nerchau, valid_from=NEW_YEAR)
    assert "Delete it instead" in refused(place, *responsibilities.end([later], on=TODAY))


def test_a_rule_cannot_outlive_its_place(place):
    place.nerchau.valid_until, place.nerchau.successor = TODAY, place.grimma
    place.nerchau.save()
    assert "existed" in refused(place, create(Row(post=place.loth, area=place.nerchau)))


def test_a_move_lets_the_old_post_answer_until_the_day_before(place, grimma_rule):
    publish(place, *responsibilities.move([grimma_rule], to=place.loth, on=NEW_YEAR))
    assert answering(place.grimma, NEW_YEAR - dt.timedelta(days=1)) == ["koi"]
    assert answering(place.grimma, NEW_YEAR) == ["kik"]


def test_a_move_takes_a_rule_that_has_not_begun_as_a_whole(place):
    later = factories.rule(place.richter, place.nerchau, valid_from=NEW_YEAR)
    publish(place, *responsibilities.move([later], to=place.loth, on=TODAY))
    later.refresh_from_db()
    assert (later.post, later.valid_from) == (place.loth, NEW_YEAR)


def test_ending_and_moving_leave_what_has_ended_alone(place):
    over = factories.rule(place.richter, place.nerchau, valid_until=dt.date(2025, 1, 1))
    assert responsibilities.end([over], on=TODAY) == []
    assert responsibilities.move([over], to=place.loth, on=TODAY) == []


def test_whoever_comes_second_with_an_old_page_is_refused(place, grimma_rule):
    stale = Responsibility.objects.get(pk=grimma_rule.pk)
    publish(place, update(grimma_rule, valid_until=NEW_YEAR))
    assert "somebody else" in refused(place, update(stale, post=place.loth))
    publish(place, delete(refreshed(grimma_rule)))
    assert "somebody else" in refused(place, delete(stale))


def test_publishing_raises_the_version_of_the_public_pages(place, grimma_rule):
    assert latest().areas_of(latest().post("koi"), TODAY)
    publish(place, delete(grimma_rule))
    assert not latest().areas_of(latest().post("koi"), TODAY)


def test_thirty_changes_cost_as_many_queries_as_one(place, django_assert_num_queries):
    towns = [factories.municipality(f"Ort {number}", place.district) for number in range(30)]
    changes = [create(Row(post=place.loth, area=town)) for town in towns]
    with django_assert_num_queries(5) as one:
        responsibilities.lock_and_check(place.agency, changes[:1], on=TODAY)
    with django_assert_num_queries(len(one)):
        responsibilities.lock_and_check(place.agency, changes, on=TODAY)
    publish(place, *changes)
    assert Responsibility.objects.filter(post=place.loth).count() == 31


def consequences_of(place, *changes):
    return consequences.publish(place.agency, changes, by=None, now=NOW)[1]


def golden(place, typed: str, **fields) -> GoldenCase:
    return GoldenCase.objects.create(agency=place.agency, typed=typed, **fields)


def test_golden_cases_say_what_a_publication_has_turned_and_when(place, grimma_rule):
    golden(place, "Nerchau", post=place.richter)
    golden(place, "Borna", post=place.loth)
    moved = responsibilities.move([grimma_rule], to=place.loth, on=NEW_YEAR)
    found = consequences_of(place, *moved)
    (turn,) = found.turns
    assert (turn.case.typed, turn.day) == ("Nerchau", NEW_YEAR)
    assert turn.before == ("Koordinatorin (Martina Richter)",)
    assert turn.after == ("Kommunale Koordinatorin (Jana Loth)",)
    assert "Nerchau" in str(turn)
    assert (found.still_wrong, found.gaps) == ([], [])


def test_a_golden_case_that_nobody_answers_any_more_is_named(place, grimma_rule):
    golden(place, "Grimma", post=place.richter)
    (turn,) = consequences_of(place, *responsibilities.end([grimma_rule], on=TODAY)).turns
    assert turn.day == TODAY + dt.timedelta(days=1)
    assert turn.after == ()


def test_a_golden_case_that_is_put_right_is_no_turn_and_one_that_stays_wrong_is_quieter(
    place, grimma_rule
):
    golden(place, "Grimma", post=place.loth)
    wrong = golden(place, "Borna", post=place.richter)
    moved = responsibilities.move([grimma_rule], to=place.loth, on=NEW_YEAR)
    found = consequences_of(place, *moved)
    assert (found.turns, found.still_wrong) == ([], [wrong])


def test_a_golden_case_without_a_post_only_wants_its_place(place, grimma_rule):
    golden(place, "Nerchau", area=place.nerchau)
    never = golden(place, "Borna", area=place.nerchau)
    found = consequences_of(place, update(grimma_rule, post=place.loth))
    assert (found.turns, found.still_wrong) == ([], [never])


def test_one_input_has_one_golden_case_with_or_without_a_topic(place):
    golden(place, "Grimma", post=place.richter)
    golden(place, "Grimma", topic=factories.topic(), post=place.richter)
    with pytest.raises(IntegrityError, match="goldencase_once"), transaction.atomic():
        golden(place, "Grimma", post=place.loth)


def test_a_place_that_nobody_answers_for_any_more_is_named_with_the_first_day(place, grimma_rule):
    borna_rule = Responsibility.objects.get(area=place.borna)
    found = consequences_of(
        place,
        delete(borna_rule),
        *responsibilities.end([grimma_rule], on=NEW_YEAR - dt.timedelta(days=1)),
    )
    assert [str(gap) for gap in found.gaps] == [
        "From 23 Nov 2026 nobody answers for Borna.",
        "From 1 Jan 2027 nobody answers for Grimma.",
    ]


def test_no_gap_is_reported_where_somebody_answers_or_nobody_did(place, grimma_rule):
    part = factories.rule(place.loth, place.nerchau)
    assert consequences_of(place, delete(part)).gaps == [], "Grimma answers for its part"
    later = create(Row(post=place.loth, area=place.nerchau, valid_until=NEW_YEAR))
    assert consequences_of(place, later).gaps == []
    assert consequences_of(place, update(grimma_rule, post=place.loth)).gaps == []


def test_a_gap_names_five_places_and_counts_the_rest(place):
    towns = [factories.municipality(f"Ort {number}", place.district) for number in range(7)]
    rules = [factories.rule(place.loth, town) for town in towns]
    (gap,) = consequences_of(place, *map(delete, rules)).gaps
    assert "Ort 0, Ort 1, Ort 2, Ort 3, Ort 4 and 2 more" in str(gap)


@pytest.mark.django_db(transaction=True)
def test_of_two_editors_at_once_only_one_gets_the_place():
    place = county()
    before = data_version.read().numbers
    outcomes: list[str] = []
    start = threading.Barrier(2)

    def work(post) -> None:
        try:
            start.wait()
            publish(place, create(Row(post=post, area=place.nerchau)))
            outcomes.append("published")
        except RefusedError:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=[p]) for p in (place.richter, place.loth)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["published", "refused"]
    assert len(answering(place.nerchau, TODAY)) == 1
    assert data_version.read().numbers != before


def refreshed(rule: Responsibility) -> Responsibility:
    return Responsibility.objects.get(pk=rule.pk)
