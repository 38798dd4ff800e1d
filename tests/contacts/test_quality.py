"""What is wrong with the contacts: each kind with what it finds, and with what it must not find."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone, translation

from contacts import quality
from contacts.closing import confirm, take_over
from contacts.models import Agency, Doubt, LegalDetails, Office, OpeningHours, Post, Tenure
from contacts.quality import Kind, Severity
from contacts.quality.reach import is_slip, wrong_number
from contacts.snapshot import latest
from tests import factories
from tests.contacts.county import county

pytestmark = pytest.mark.django_db

ON = dt.date(2026, 11, 22)
YESTERDAY = ON - dt.timedelta(days=1)


@pytest.fixture
def place():
    """The county with nothing to complain of."""
    with translation.override("en"):
        made = county()
        details = dict.fromkeys(LegalDetails.REQUIRED, "x") | {"statement_on": ON}
        LegalDetails.objects.create(agency=made.agency, **details)
        Post.objects.update(confirmed_on=ON)
        yield made


def found(kind: Kind | None = None, **options) -> list[str]:
    """The findings, or those of one kind, as "about: message"."""
    return [
        f"{finding.about}: {finding.message}"
        for finding in quality.report(latest(), on=ON, **options)
        if kind is None or finding.kind is kind
    ]


def test_a_county_in_order_has_no_finding(place):
    assert found() == []


def test_the_worst_comes_first(place):
    Post.objects.filter(pk=place.loth.pk).update(staffing=Post.Staffing.PLANNED)
    Post.objects.filter(pk=place.richter.pk).update(confirmed_on=None)
    factories.rule(place.loth, place.grimma)
    severities = [one.kind.severity for one in quality.report(latest(), on=ON)]

    assert severities == [Severity.WRONG, Severity.CHECK, Severity.KNOWN]


# Who answers --------------------------------------------------------------------------------------


def test_two_posts_that_are_no_team_contradict_each_other(place):
    factories.rule(place.loth, place.grimma, valid_from=ON)
    (line,) = found(Kind.OVERLAP)

    assert line.startswith("Grimma: Koordinatorin (Martina Richter) and Kommunale Koordinatorin")
    assert "both answer, from 22 Nov 2026" in line


def test_a_team_a_topic_a_part_and_what_is_past_contradict_nothing(place):
    place.richter.responsibilities.update(joint=True)
    factories.rule(place.loth, place.grimma, joint=True)
    factories.rule(place.loth, place.grimma, topic=factories.topic(), valid_from=ON)
    factories.rule(place.loth, place.nerchau)
    factories.rule(place.richter, place.borna, valid_until=YESTERDAY)

    assert found() == []


def test_a_finished_agency_contradicts_nobody(place):
    former = factories.agency("Projekt", place.district, ended_on=YESTERDAY)
    factories.rule(factories.post(former), place.grimma)

    assert found(Kind.OVERLAP) == []


def test_two_agencies_that_contradict_each_other_are_both_told(place):
    other = factories.agency("Andere Stelle", place.district)
    factories.rule(factories.post(other, "Andere"), place.grimma)

    for agency in (place.agency, other):
        assert len(found(Kind.OVERLAP, agencies=frozenset({agency.pk}))) == 1


def test_a_place_that_one_post_has_twice_is_found(place):
    factories.rule(place.richter, place.grimma, valid_from=ON)

    assert found(Kind.DUPLICATE) == [
        "Grimma: Koordinatorin (Martina Richter) has this place twice, from 22 Nov 2026 on."
    ]


def test_posts_that_nobody_holds_are_named(place):
    Post.objects.filter(pk=place.richter.pk).update(staffing="vacant", deputy=place.loth)
    assert found(Kind.VACANT) == [
        "Koordinatorin (Martina Richter): Nobody holds this post; Kommunale Koordinatorin "
        "(Jana Loth) answers meanwhile."
    ]

    Post.objects.filter(pk=place.richter.pk).update(staffing="planned")
    assert found(Kind.PLANNED) == [
        "Koordinatorin (Martina Richter): This post is planned: nobody holds it yet."
    ]


@pytest.mark.parametrize(
    ("mark", "reason"),
    [
        ("agency", "although the agency has ended on 21 Nov 2026"),
        ("post", "although the post is out of use since 21 Nov 2026"),
        ("account", "although the account is switched off"),
    ],
)
def test_who_has_left_needs_a_last_day(place, mark, reason):
    if mark == "agency":
        Agency.objects.filter(pk=place.agency.pk).update(ended_on=YESTERDAY)
    elif mark == "post":
        Post.objects.filter(pk=place.richter.pk).update(archived_on=YESTERDAY)
    else:
        place.person.user = factories.user(is_active=False)
        place.person.save()
    assert any("Martina Richter" in line and reason in line for line in found(Kind.FORMER))

    Tenure.objects.update(valid_until=YESTERDAY)
    assert found(Kind.FORMER) == []


def test_an_account_that_works_marks_nobody_as_former(place):
    place.person.user = factories.user()
    place.person.save()

    assert found() == []


# How to reach them --------------------------------------------------------------------------------


def test_a_post_without_number_mailbox_and_office_cannot_be_reached(place):
    nothing = {"phone": "", "email": "", "office": None}
    Post.objects.filter(pk=place.loth.pk).update(**nothing)
    assert len(found(Kind.UNREACHABLE)) == 1

    for way in ({"phone_alternative": "03433 241-1"}, {"office": place.office}):
        Post.objects.filter(pk=place.loth.pk).update(**nothing | way)
        assert found(Kind.UNREACHABLE) == []
    Post.objects.filter(pk=place.loth.pk).update(**nothing, staffing="vacant")
    assert found(Kind.UNREACHABLE) == []


@pytest.mark.parametrize(
    "number",
    [
        "03433 241-3431",
        "03433 241 0",
        "0341 6810080",
        "0341 35137913",
        "+49 3433 241-3431",
        "0170 1234567",
        "0800 1110111",
        "116117",
    ],
)
def test_a_number_that_rings_somewhere_is_sound(number):
    assert wrong_number(number) == ""


@pytest.mark.parametrize("number", ["03433", "034332413431000000", "0199 12345", "00000000"])
def test_a_number_that_nobody_gives_out_is_not(number):
    assert number in wrong_number(number)


def test_a_fax_is_no_mobile_phone():
    with translation.override("en"):
        assert "takes no fax" in wrong_number("0170 1234567", is_fax=True)


def test_an_extension_with_a_digit_too_few_stands_out_beside_its_neighbours(place):
    for extension in ("3432", "3433", "3434"):
        factories.post(place.agency, f"Post {extension}", phone=f"03433 241-{extension}")
    Post.objects.update(confirmed_on=ON)
    Post.objects.filter(pk=place.loth.pk).update(phone="03433 241-474")

    assert found() == [
        "Kommunale Koordinatorin (Jana Loth): “03433 241-474” ends in 3 digits, the numbers "
        "beside it end in 4."
    ]
    Post.objects.filter(pk=place.loth.pk).update(phone="03433 241-0")  # the switchboard itself
    assert found() == []


@pytest.mark.parametrize(
    ("usual", "written"),
    [
        ("integrationshilfe@lk-l.example", "integartionshilfe@lk-l.example"),
        ("integrationshilfe@lk-l.example", "integrationhilfe@lk-l.example"),
        ("hilfe@landkreis-leipzig.example", "hilfe@landkreis-leipizg.example"),
    ],
)
def test_an_address_one_slip_away_from_the_usual_one_is_found(place, usual, written):
    for number in range(3):
        factories.post(place.agency, f"Post {number}", email=usual, confirmed_on=ON)
    Post.objects.filter(pk=place.loth.pk).update(email=written)

    assert found() == [
        f"Kommunale Koordinatorin (Jana Loth): “{written}” is written here; “{usual}” is used "
        "more often."
    ]


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("kik-1", "kik-2"),
        ("team1beratung", "team2beratung"),
        ("team-a", "team-b"),
        ("integration-nord", "integration-sued"),
        ("integrationshilfe", "integrationshilfe"),
        ("info", "info2"),
    ],
)
def test_names_that_differ_on_purpose_are_no_slip(text, other):
    assert not is_slip(text, other)


def test_a_mailbox_named_after_its_holder_is_no_slip_of_a_colleagues(place):
    for number in range(2):
        factories.post(place.agency, f"Post {number}", email="jana.lohth@x.example")
    Post.objects.filter(pk=place.loth.pk).update(email="jana.loth@x.example")
    Post.objects.update(confirmed_on=ON)

    assert found() == []


def doubt(place, **fields) -> Doubt:
    for number in range(3):
        factories.post(place.agency, f"P {number}", email="beratung@x.example", confirmed_on=ON)
    Post.objects.filter(pk=place.loth.pk).update(email="berautng@x.example")
    return Doubt.objects.create(
        agency=place.agency,
        post=place.loth,
        field="email",
        value_used="berautng@x.example",
        other_value="beratung@x.example",
        note="So printed.",
        **fields,
    )


def test_a_misspelt_address_in_doubt_is_told_once_and_leads_to_the_doubt(place):
    open_doubt = doubt(place)
    (finding,) = quality.report(latest(), on=ON)

    assert finding.kind is Kind.EMAIL
    assert finding.note == "So printed."
    assert finding.url.endswith(f"/doubt/{open_doubt.pk}/change/")


@pytest.mark.parametrize("decide", [confirm, take_over])
def test_what_somebody_has_decided_is_no_finding_any_more(place, decide):
    decide(doubt(place), by=None, now=timezone.now())

    assert found() == []


def test_an_office_needs_hours_a_note_or_the_word_that_it_is_by_appointment(place):
    OpeningHours.objects.all().delete()
    assert found(Kind.HOURS) != []

    office = Office.objects.language("de").get(pk=place.office.pk)
    office.hours_note = "Nach Vereinbarung"
    office.save()
    assert found(Kind.HOURS) == []

    Office.objects.language("de").create(
        agency=place.agency,
        slug="neu",
        street="Markt 2",
        postal_code="04668",
        city="Grimma",
        by_appointment="yes",
    )
    assert found(Kind.HOURS) == []


# Twice --------------------------------------------------------------------------------------------


def test_one_person_one_post_and_one_office_entered_twice_are_found(place):
    place.agency.people.create(name="Martina  richter")
    again = factories.post(
        place.agency, "Koordinatorin", phone="03433 2413431", confirmed_on=ON, office=place.office
    )
    Tenure.objects.create(post=again, person=place.person)
    factories.office(place.agency, "Südstrasse 80", city="Grimma", by_appointment="yes")
    OpeningHours.objects.create(
        office=place.office, weekday=1, opens=dt.time(11), closes=dt.time(13)
    )
    Post.objects.filter(pk=place.loth.pk).update(phone_alternative="034332414742")
    Tenure.objects.create(post=place.loth, person=place.loth.tenures.get().person)
    lines = " / ".join(found(Kind.DUPLICATE))

    for part in (
        "Two people of this agency have this name",
        "Another post has the same title, holder and telephone number",
        "Another office of this agency has this address",
        "These opening hours overlap",
        "The second telephone number is the first one again",
        "Jana Loth holds this post twice at the same time",
    ):
        assert part in lines
    assert len(found(Kind.DUPLICATE)) == 6


def test_colleagues_share_a_title_a_room_a_mailbox_and_a_switchboard(place):
    shared = {"phone": "03433 241-0", "email": "team@lk-l.example", "room": "2.60"}
    for name in ("Anna Eins", "Anna Zwei"):
        factories.holder(
            factories.post(place.agency, "KIK", office=place.office, confirmed_on=ON, **shared),
            name,
        )
    for _number in range(2):  # a team of which nothing is known yet
        factories.post(place.agency, "Neu", phone="", email="", staffing="planned")
    other = factories.agency("Andere Stelle")
    other.people.create(name="Martina Richter")
    OpeningHours.objects.create(
        office=place.office, weekday=1, opens=dt.time(12), closes=dt.time(13)
    )

    own = frozenset({place.agency.pk})
    assert found(agencies=own) == found(Kind.PLANNED)


# Left lying ---------------------------------------------------------------------------------------


def test_a_contact_is_confirmed_for_a_year(place):
    a_year_ago = ON - dt.timedelta(days=365)
    Post.objects.filter(pk=place.loth.pk).update(confirmed_on=a_year_ago)
    assert found() == []

    Post.objects.filter(pk=place.loth.pk).update(confirmed_on=a_year_ago - dt.timedelta(days=1))
    assert found() == [
        "Kommunale Koordinatorin (Jana Loth): Confirmed on 21 Nov 2025 for the last time."
    ]


def test_missing_legal_details_are_named_with_a_link_to_where_they_are_filled_in(place):
    LegalDetails.objects.update(city="", email="")
    (finding,) = quality.report(latest(), on=ON)
    assert finding.message == "The law asks for these: town, e-mail."
    assert finding.url.endswith("#id_city")

    LegalDetails.objects.all().delete()
    (finding,) = quality.report(latest(), on=ON)
    assert finding.url.endswith(f"legaldetails/add/?agency={place.agency.pk}")


def test_a_place_in_doubt_is_told_to_the_agency_that_covers_it(place):
    Doubt.objects.create(area=place.grimma, field="postal_codes", value_used="04668")
    other = factories.agency("Andere Stelle", factories.district(), ended_on=YESTERDAY)

    assert found(agencies=frozenset({place.agency.pk})) == [
        "Grimma: Postal codes: it is not certain that “04668” is right."
    ]
    assert found(agencies=frozenset({other.pk})) == []


# Translations -------------------------------------------------------------------------------------


def write(post: Post, language: str, title: str, hour: int) -> None:
    with time_machine.travel(dt.datetime(2030, 11, 1, hour, tzinfo=dt.UTC), tick=False):
        post.set_current_language(language)
        post.title = title
        post.save()


def test_a_translation_is_older_when_the_german_text_was_changed_later(place):
    write(place.loth, "de", "Koordinatorin", 8)
    write(place.loth, "en", "Coordinator", 8)  # both by one form
    assert found(Kind.TRANSLATION) == []

    write(place.loth, "de", "Beraterin", 9)
    (line,) = found(Kind.TRANSLATION)
    assert line.endswith("The German text was changed after the translation: English.")

    write(place.loth, "en", "Adviser", 10)
    assert found(Kind.TRANSLATION) == []


def test_a_german_text_that_was_saved_unchanged_makes_no_translation_old(place):
    write(place.loth, "de", "Koordinatorin", 8)
    write(place.loth, "en", "Coordinator", 8)
    with time_machine.travel(dt.datetime(2030, 11, 2, tzinfo=dt.UTC), tick=False):
        for text in place.loth.translations.all():
            text.save()

    assert found(Kind.TRANSLATION) == []


def test_texts_that_were_loaded_together_are_as_old_as_each_other(place):
    loaded = type(place.loth).translations.field.model
    loaded.objects.bulk_create(
        [loaded(master=place.richter, language_code="en", title="Coordinator")]
    )
    loaded.history.all().delete()
    assert found(Kind.TRANSLATION) == []

    write(place.richter, "de", "Beraterin", 9)
    assert len(found(Kind.TRANSLATION)) == 1
