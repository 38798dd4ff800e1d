"""Every enquiry reaches a desk that can be reached, on the bundled data and in every bad moment."""

import datetime as dt

import pytest

from contacts.enquiries.kinds import PAGES
from contacts.enquiries.routing import NobodyAtWorkError, Reason, nearest, route
from contacts.models import Absence, Post
from contacts.models.enquiry import EnquiryKind
from contacts.names import clean
from contacts.resolver import look_up
from contacts.snapshot import latest
from tests import factories

pytestmark = pytest.mark.django_db

ON = dt.date(2026, 11, 23)
BOTH = ("county", "all")
Kind = EnquiryKind


def place_of(snapshot, typed: str):
    return look_up(typed, on=ON, snapshot=snapshot).places[0]


def desk_for(kind: str, place, snapshot=None, **options):
    snapshot = snapshot or latest()
    place = snapshot.gazetteer.by_id[place.id] if place is not None else None
    return route(kind, place, on=ON, snapshot=snapshot, **options)


def test_who_wants_to_join_a_network_reaches_its_agency_from_anywhere(bundled):
    snapshot = bundled["all"]
    wittenberg, grimma = snapshot.agency("wittenberg"), place_of(snapshot, "Grimma")

    joining = desk_for(Kind.NETWORK, grimma, snapshot, agency=wittenberg)
    idea = desk_for(Kind.IDEA, grimma, snapshot, agency=wittenberg)

    assert (joining.agency.slug, idea.agency.slug) == ("wittenberg", "landkreis-leipzig")


def test_there_is_a_form_for_every_kind():
    assert {page.kind for page in PAGES} == set(Kind)
    assert len({page.slug for page in PAGES}) == len(PAGES)


@pytest.mark.parametrize("loaded", BOTH)
def test_every_kind_from_every_place_reaches_a_desk_that_can_be_called(bundled, loaded):
    """Towns, parts, quarters and districts, covered and not."""
    snapshot = bundled[loaded]
    wrong = []
    for place in snapshot.gazetteer.by_id.values():
        for kind in Kind:
            desk = route(kind, place, on=ON, snapshot=snapshot)
            at_work = not desk.agency.is_finished(ON)
            reachable = clean(desk.phone) and clean(desk.email)
            if not (at_work and reachable and desk.reason in Reason):
                wrong.append((place.name, kind, desk))
    assert wrong == []


@pytest.mark.parametrize("loaded", BOTH)
@pytest.mark.parametrize("kind", [kind for kind in Kind if kind not in (Kind.NETWORK, "barrier")])
def test_a_town_of_the_county_reaches_its_coordinator(bundled, loaded, kind):
    snapshot = bundled[loaded]

    desk = desk_for(kind, place_of(snapshot, "Grimma"), snapshot)

    assert desk.contact.holder_names == "Martina Richter"
    assert desk.reason in (Reason.RESPONSIBLE, Reason.TOPIC)


def test_a_finished_project_hands_over_to_the_nearest_agency_at_work(bundled):
    snapshot = bundled["all"]

    desk = desk_for(Kind.HELP_WANTED, place_of(snapshot, "Volkmarsdorf"), snapshot)

    assert desk.reason == Reason.FINISHED
    assert desk.agency.slug == "landkreis-leipzig"
    assert desk.phone


@pytest.mark.parametrize("town", ["Altenburg", "Taucha", "Berlin"])
def test_a_place_outside_is_answered_by_an_agency_at_work(bundled, town):
    snapshot = bundled["all"]

    desk = desk_for(Kind.HELP_OFFERED, place_of(snapshot, town), snapshot)

    assert desk.reason == Reason.OUTSIDE
    assert desk.agency.slug == "landkreis-leipzig"


def test_where_no_place_is_known_the_chosen_office_answers(bundled):
    snapshot = bundled["all"]

    chosen = desk_for(Kind.IDEA, None, snapshot, agency=snapshot.agency("wittenberg"))
    none = desk_for(Kind.IDEA, None, snapshot)
    finished = desk_for(Kind.IDEA, None, snapshot, agency=snapshot.agency("leipziger-osten"))

    assert chosen.agency.slug == "wittenberg"
    assert none.agency.slug == finished.agency.slug == "landkreis-leipzig"


def test_what_is_no_business_of_a_town_goes_to_the_agency_as_a_whole(place):
    barrier = desk_for(Kind.BARRIER, place.grimma)
    network = desk_for(Kind.NETWORK, place.grimma)

    assert (barrier.post, barrier.reason) == (None, Reason.WHOLE_AGENCY)
    assert network.agency.slug == "landkreis-leipzig"


def test_somebody_who_is_away_is_replaced(place):
    Absence.objects.create(person=place.person, valid_from=ON, valid_until=ON, stand_in=place.loth)

    desk = desk_for(Kind.HELP_OFFERED, place.grimma)

    assert desk.reason == Reason.STANDING_IN
    assert desk.post.slug == "koi"  # it stays the business of the post
    assert desk.contact.holder_names == "Jana Loth"
    assert desk.phone == "03433 241 4742"


def test_somebody_who_is_away_without_a_stand_in_can_still_be_reached(place):
    Absence.objects.create(person=place.person, valid_from=ON, valid_until=ON)

    desk = desk_for(Kind.HELP_OFFERED, place.grimma)

    assert desk.post.slug == "koi"
    assert desk.phone
    assert desk.email


@pytest.mark.parametrize("staffing", ["vacant", "planned"])
def test_a_post_that_is_not_filled_leaves_it_to_its_deputy_or_to_the_agency(place, staffing):
    place.richter.staffing = Post.Staffing(staffing)
    place.richter.save()

    alone = desk_for(Kind.HELP_OFFERED, place.grimma)
    place.richter.deputy = place.loth
    place.richter.save()
    replaced = desk_for(Kind.HELP_OFFERED, place.grimma)

    assert (alone.post, alone.reason) == (None, Reason.NOT_FILLED)
    assert (alone.phone, alone.email) == ("03433 241-3431", "kik@lk-l.example")
    assert replaced.reason == Reason.STANDING_IN
    assert replaced.contact.holder_names == "Jana Loth"


def test_a_town_without_a_rule_is_the_business_of_the_agency(place):
    forgotten = factories.municipality("Wurzen", place.district)

    desk = desk_for(Kind.HELP_WANTED, forgotten)

    assert (desk.post, desk.reason) == (None, Reason.NO_RULE)
    assert desk.agency.slug == "landkreis-leipzig"


def test_without_an_agency_at_work_nothing_can_be_taken_in(place):
    place.agency.ended_on = ON - dt.timedelta(days=1)
    place.agency.save()

    with pytest.raises(NobodyAtWorkError):
        desk_for(Kind.HELP_WANTED, place.grimma)


def test_without_any_position_the_nearest_is_of_the_same_state(place):
    there = factories.district("Landkreis Anderswo")
    snapshot = latest()

    found = nearest(
        snapshot.gazetteer.by_id[there.pk], snapshot.agencies.values(), snapshot=snapshot
    )

    assert found.slug == "landkreis-leipzig"


@pytest.mark.parametrize("loaded", BOTH)
def test_a_link_to_the_forms_names_its_place_so_that_it_is_found(bundled, loaded):
    """What a page of a town hands on to the form as `?ort=`."""
    snapshot = bundled[loaded]
    asked_again = []
    for place in snapshot.gazetteer.by_id.values():
        if place.is_district or not snapshot.is_covered(place):
            continue
        found = look_up(place.unambiguous_name, on=ON, snapshot=snapshot)
        if found.answer is None or found.answer.place is not place:
            asked_again.append(place.unambiguous_name)
    assert asked_again == []
