"""The ladder and everything that may stand between a place and its contact."""

import datetime as dt

import pytest
import time_machine

from contacts.models import Absence, Post
from contacts.resolver import Cause, Outcome, look_up, resolve
from contacts.snapshot import latest
from portal import clock
from tests import factories

pytestmark = pytest.mark.django_db

ON = dt.date(2026, 6, 15)


@pytest.fixture
def county():
    return factories.district("Landkreis Muster")


@pytest.fixture
def agency(county):
    return factories.agency("Koordinierungsstelle", county, phone="03433 1000")


@pytest.fixture
def town(county):
    return factories.municipality("Musterstadt", county, codes=["04668"])


def answering(area, topic=None, on=ON) -> list[str]:
    """The slugs of the posts on the card."""
    topic = latest().topic(topic) if topic else None
    return [post.slug for post in resolve(area, topic, on=on).posts]


def test_the_nearest_rule_answers(agency, county, town):
    part = factories.locality("Dorf", town)
    quarter = factories.quarter("Viertel", town)
    house = factories.locality("Winkel", quarter)
    for area, slug in ((county, "county"), (town, "town"), (quarter, "quarter"), (part, "part")):
        factories.rule(factories.post(agency, slug=slug), area)

    assert answering(county) == ["county"]
    assert answering(town) == ["town"]
    assert answering(house) == ["quarter"]
    assert answering(part) == ["part"]


def test_a_topic_has_its_own_rules_first_at_every_step(agency, county, town):
    education = factories.topic("education")
    factories.rule(factories.post(agency, slug="general"), town)
    factories.rule(factories.post(agency, slug="schools"), county, topic=education)

    assert answering(town, "education") == ["schools"]
    assert answering(town) == ["general"]


def test_a_topic_without_a_rule_falls_back_to_the_general_one(agency, town):
    factories.topic("education")
    factories.rule(factories.post(agency, slug="general"), town)

    result = resolve(town, latest().topic("education"), on=ON)

    assert [post.slug for post in result.posts] == ["general"]
    assert not result.fits_topic


def test_a_rule_of_a_topic_never_answers_in_general(agency, town):
    factories.rule(factories.post(agency), town, topic=factories.topic("education"))

    assert resolve(town, on=ON).cause is Cause.NO_RULE


def test_a_rule_answers_on_its_first_and_last_day_only(agency, town):
    old, new = factories.post(agency, slug="old"), factories.post(agency, slug="new")
    factories.rule(old, town, valid_until=dt.date(2026, 12, 31))
    factories.rule(new, town, valid_from=dt.date(2027, 1, 1))

    assert answering(town, on=dt.date(2026, 12, 31)) == ["old"]
    assert answering(town, on=dt.date(2027, 1, 1)) == ["new"]


@pytest.mark.parametrize(
    ("instant", "slug"),
    [("2026-12-31 22:59:30Z", "old"), ("2026-12-31 23:00:30Z", "new")],
    ids=["23:59:30 in Berlin", "00:00:30 in Berlin"],
)
def test_the_day_changes_at_midnight_in_berlin(agency, town, instant, slug):
    factories.rule(factories.post(agency, slug="old"), town, valid_until=dt.date(2026, 12, 31))
    factories.rule(factories.post(agency, slug="new"), town, valid_from=dt.date(2027, 1, 1))

    with time_machine.travel(instant, tick=False):
        assert answering(town, on=clock.today()) == [slug]


def test_joint_posts_are_a_team(agency, town):
    for slug in ("one", "two"):
        factories.rule(factories.post(agency, slug=slug), town, joint=True)

    assert answering(town) == ["one", "two"]


def test_a_filled_post_answers_without_a_recorded_holder(agency, town):
    factories.rule(factories.post(agency, slug="post"), town)

    result = resolve(town, on=ON)

    assert result.outcome is Outcome.EXACT
    assert result.contacts[0].holders == ()
    assert result.shared_contact.phone == "03433 1000"


@pytest.mark.parametrize("staffing", [Post.Staffing.VACANT, Post.Staffing.PLANNED])
def test_an_unfilled_post_passes_to_its_deputy(agency, town, staffing):
    deputy = factories.post(agency, slug="deputy")
    factories.rule(factories.post(agency, "Vertretene", staffing=staffing, deputy=deputy), town)

    contact = resolve(town, on=ON).contacts[0]

    assert contact.post.slug == "deputy"
    assert str(contact.standing_in_for.title) == "Vertretene"


@pytest.mark.parametrize("staffing", [Post.Staffing.VACANT, Post.Staffing.PLANNED])
def test_an_unfilled_post_without_a_deputy_leaves_the_central_contact(agency, town, staffing):
    factories.rule(factories.post(agency, staffing=staffing), town)

    result = resolve(town, on=ON)

    assert (result.outcome, result.cause) == (Outcome.UNASSIGNED, Cause.POST_NOT_FILLED)
    assert result.shared_contact.slug == agency.slug


def test_deputies_are_not_passed_on_a_second_time(agency, town):
    last = factories.post(agency)
    vacant = factories.post(agency, staffing=Post.Staffing.VACANT, deputy=last)
    factories.rule(factories.post(agency, staffing=Post.Staffing.VACANT, deputy=vacant), town)

    assert resolve(town, on=ON).outcome is Outcome.UNASSIGNED


def test_a_stand_in_is_shown_first_and_the_absent_one_second(agency, town):
    own, other = factories.post(agency, slug="own"), factories.post(agency, slug="other")
    person = factories.holder(own, "Ada Abwesend")
    factories.holder(other, "Bea Vertretung")
    factories.rule(own, town)
    Absence.objects.create(
        person=person,
        valid_from=dt.date(2026, 6, 15),
        valid_until=dt.date(2026, 6, 20),
        stand_in=other,
    )

    during = resolve(town, on=dt.date(2026, 6, 20)).contacts
    after = resolve(town, on=dt.date(2026, 6, 21)).contacts

    assert [contact.holder_names for contact in during] == ["Bea Vertretung", "Ada Abwesend"]
    assert during[0].standing_in_for.slug == "own"
    assert during[0].absence.valid_until == dt.date(2026, 6, 20)
    assert [contact.holder_names for contact in after] == ["Ada Abwesend"]


def test_a_chain_of_stand_ins_ends_after_one_step(agency, town):
    posts = [factories.post(agency, slug=slug) for slug in ("first", "second", "third")]
    people = [factories.holder(post, post.slug.title()) for post in posts]
    for person, stand_in in zip(people, posts[1:], strict=False):
        Absence.objects.create(person=person, valid_from=ON, stand_in=stand_in)
    factories.rule(posts[0], town)

    assert answering(town) == ["second", "first"]


def test_an_absence_without_a_stand_in_is_named_on_the_card(agency, town):
    post = factories.post(agency)
    Absence.objects.create(person=factories.holder(post, "Ada"), valid_from=ON)
    factories.rule(post, town)

    contact = resolve(town, on=ON).contacts[0]

    assert contact.holder_names == "Ada"
    assert contact.absence.valid_from == ON


def test_a_former_holder_is_never_named(agency, town):
    post = factories.post(agency)
    factories.holder(post, "Frühere", valid_until=dt.date(2026, 6, 14))
    factories.holder(post, "Jetzige", valid_from=dt.date(2026, 6, 15))
    factories.rule(post, town)

    assert resolve(town, on=ON).contacts[0].holder_names == "Jetzige"


def test_a_finished_agency_never_answers(county, town):
    finished = factories.agency("Projekt", county, ended_on=dt.date(2026, 6, 14))
    factories.rule(factories.post(finished), town)

    result = resolve(town, on=ON)

    assert (result.outcome, result.cause) == (Outcome.UNASSIGNED, Cause.AGENCY_FINISHED)
    assert result.shared_contact is None


def test_on_its_last_day_an_agency_still_answers(county, town):
    ending = factories.agency("Projekt", county, ended_on=ON)
    factories.rule(factories.post(ending, slug="last"), town)

    assert answering(town) == ["last"]


def test_an_agency_at_work_answers_beside_a_finished_one(agency, county, town):
    factories.agency("Projekt", county, ended_on=dt.date(2013, 7, 31))

    assert resolve(town, on=ON).agency.slug == agency.slug


def test_outside_names_the_district(town):
    result = resolve(town, on=ON)

    assert result.outcome is Outcome.OUTSIDE
    assert result.place.district.name == "Landkreis Muster"


def test_a_contact_in_doubt_gives_way_to_the_shared_one(agency, town):
    post = factories.post(agency, email="verdreht@example.org")
    factories.rule(post, town)
    agency.doubts.create(post=post, field="email", value_used="verdreht@example.org")

    contact = resolve(town, on=ON).contacts[0]

    assert contact.email == agency.email
    assert contact.phone == post.phone


def test_a_neighbour_outside_competes_only_by_its_full_name(agency, county):
    inside = factories.locality("Halle", factories.municipality("Musterstadt", county))
    factories.rule(factories.post(agency), inside)
    outside = factories.municipality("Halle (Saale)", factories.district("Stadt Halle"))
    factories.place_name(outside, "Halle")

    assert look_up("Halle", on=ON).places[0].id == inside.id
    assert look_up("Halle (Saale)", on=ON).outcome is Outcome.OUTSIDE


def test_places_of_one_name_with_one_answer_are_no_question(agency, county):
    post = factories.post(agency, slug="post")
    for name in ("Ahausen", "Beheim"):
        town = factories.municipality(name, county)
        factories.locality("Neudorf", town)
        factories.rule(post, town)

    result = look_up("Neudorf", on=ON)

    assert result.outcome is Outcome.EXACT
    assert [place.municipality.name for place in result.places] == ["Ahausen", "Beheim"]


def test_a_postal_code_names_a_part_that_has_an_answer_of_its_own(agency, county, town):
    part = factories.locality("Dorf", town)  # its own code is not recorded
    factories.rule(factories.post(agency, slug="town"), town)
    factories.rule(factories.post(agency, slug="part"), part)

    result = look_up("04668", on=ON)

    assert result.outcome is Outcome.CHOOSE
    assert [place.name for place in result.places] == ["Musterstadt", "Dorf"]


def test_covered_places_stand_before_those_outside(agency, county):
    far = factories.municipality("Aadorf", factories.district("Landkreis Fern"))
    factories.locality("Neudorf", far)
    near = factories.locality("Neudorf", factories.municipality("Zethau", county))

    result = look_up("Neudorf", on=ON)

    assert result.outcome is Outcome.CHOOSE
    assert result.places[0].id == near.id
