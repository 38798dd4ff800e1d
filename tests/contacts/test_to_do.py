"""The start page of the administration and the report: what needs doing, for whom, what first."""

import datetime as dt
import html
import json
import re

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from contacts.models import (
    Absence,
    Area,
    Correction,
    DocumentedGap,
    Doubt,
    LegalDetails,
    LookUpCount,
    MissedInput,
    Office,
    Person,
    Post,
    PostTranslation,
    Responsibility,
    StaffRole,
    Tenure,
)
from contacts.roles import Role
from portal import clock
from tests import factories
from tests.contacts.county import county

pytestmark = pytest.mark.django_db

START, REPORT = "/verwaltung/", "/verwaltung/bericht/"
TODAY = clock.today()


def day(offset: int) -> dt.date:
    return TODAY + dt.timedelta(days=offset)


@pytest.fixture
def place():
    """The county with nothing to do."""
    with translation.override("en"):
        made = county()
        details = dict.fromkeys(LegalDetails.REQUIRED, "x") | {"statement_on": TODAY}
        LegalDetails.objects.create(agency=made.agency, **details)
        Post.objects.update(confirmed_on=TODAY)
        yield made


def log_in(agency=None, role: Role = Role.EDITOR, **fields) -> Client:
    user = factories.user(is_staff=True, **fields)
    if agency is not None:
        StaffRole.objects.create(user=user, agency=agency, role=role)
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


@pytest.fixture
def editor(place) -> Client:
    return log_in(place.agency)


def text_of(response) -> str:
    assert response.status_code == 200
    text = re.sub(r"<[^>]+>", " ", response.content.decode().partition("</head>")[2])
    return re.sub(r"\s+", " ", html.unescape(text))


def lines(client: Client) -> list[tuple[str, int]]:
    """The lines of the start page, in order, with their look-ups."""
    return [(line.what, line.look_ups) for line in client.get(START).context["to_do"]]


def asked_for(town: Area, number: int, *, days_ago: int = 3, topic=None) -> None:
    LookUpCount.objects.create(
        day=day(-days_ago), outcome="exact", municipality=town, topic=topic, number=number
    )


# The start page -----------------------------------------------------------------------------------


def test_where_all_is_well_the_start_page_says_so_above_the_list_of_pages(editor):
    text = text_of(editor.get(START))

    assert "All is well" in text
    assert text.index("What needs doing") < text.index("What would you like to change?")


def test_what_most_people_ask_for_comes_first(place, editor):
    place.richter.responsibilities.all().delete()
    Post.objects.filter(pk=place.loth.pk).update(confirmed_on=None)
    colditz = factories.municipality("Colditz", place.district)
    asked_for(place.borna, 40)
    asked_for(place.borna, 2, topic=factories.topic())
    asked_for(place.grimma, 7)
    asked_for(colditz, 0)
    asked_for(colditz, 1000, days_ago=91)  # too long ago

    text = text_of(editor.get(START))
    assert lines(editor) == [
        ("Contacts not confirmed for a year: 1", 42),
        ("No answer: Colditz, Grimma", 7),
    ]
    assert "42 look-ups" in text
    assert "Nobody is responsible today and in the next twelve months." in text


def test_every_kind_of_thing_to_do_has_its_line_and_leads_to_where_it_is_done(place, editor):
    factories.rule(place.loth, place.grimma, valid_until=day(4))
    person = place.loth.tenures.get().person
    Absence.objects.create(person=person, valid_from=day(6), valid_until=day(9))
    gone = factories.municipality("Colditz", place.district)
    vacant = factories.post(place.agency, "Offen", staffing="vacant", confirmed_on=TODAY)
    factories.rule(vacant, gone)
    Post.objects.filter(pk=place.richter.pk).update(confirmed_on=day(-400))
    Doubt.objects.create(agency=place.agency, post=place.loth, field="phone", value_used="1")
    factories.mail(place.agency, state="failed")
    Correction.objects.create(
        kind="wrong", text="Falsch", agency=place.agency, received_at=timezone.now()
    )
    MissedInput.objects.create(week="2999-W01", digest="0" * 64, text="Grimmma", number=3)

    to_do = editor.get(START).context["to_do"]

    assert [line.what for line in to_do] == [
        "1 name leads nowhere",
        "No answer: Colditz",
        "Two posts answer for the same place: Grimma",
        "Kommunale Koordinatorin (Jana Loth)",  # her rule ends
        "Kommunale Koordinatorin (Jana Loth)",  # she is away
        "Vacant posts: 1",
        "Contacts not confirmed for a year: 1",
        "Open doubts: 1",
        "1 mail was not delivered",
        "1 message from a visitor",
    ]
    details = " ".join(line.detail for line in to_do)
    assert "it answers for 1 place for the last time" in details
    assert "Jana Loth is away from" in details
    assert "Nobody stands in." in details
    assert [editor.get(line.url.partition("#")[0]).status_code for line in to_do] == [200] * 10


def test_many_gaps_have_a_line_each_for_the_worst_and_one_for_the_rest(place, editor):
    for number in range(8):
        town = factories.municipality(f"Ort {number}", place.district)
        asked_for(town, 100 - number)
        factories.rule(place.loth, town, valid_from=day(10 + number))

    assert [what for what, _number in lines(editor) if "nswer" in what or "gap" in what] == [
        "3 more gaps",
        *(f"No answer: Ort {number}" for number in range(5)),
    ]


def test_what_begins_or_ends_later_than_in_thirty_days_can_wait(place, editor):
    place.richter.responsibilities.update(valid_until=day(31))
    factories.rule(place.loth, place.grimma, valid_from=day(32))

    assert lines(editor) == []


# Who sees it --------------------------------------------------------------------------------------


def make_trouble(agency, town: str):
    """A gap, a doubt and a visitor's message in another county."""
    district = factories.district(f"Landkreis {town}")
    agency.districts.add(district)
    factories.municipality(town, district)
    Doubt.objects.create(agency=agency, field="phone", value_used="0341 99")
    Correction.objects.create(kind="wrong", agency=agency, received_at=timezone.now())


def test_each_role_sees_its_agencies_and_nobody_elses(place):
    other = factories.agency("Fremde Stelle")
    make_trouble(other, "Fremdstadt")

    for role in Role:
        client = log_in(place.agency, role)
        assert lines(client) == []
        for address in (START, REPORT, f"{REPORT}?agency={other.slug}"):
            text = text_of(client.get(address))
            assert "Fremd" not in text
            assert "0341 99" not in text
    assert "No answer: Fremdstadt" in text_of(log_in(is_superuser=True).get(START))
    assert "Fremdstadt" in text_of(log_in(other, Role.AUDITOR).get(REPORT))


def test_staff_without_a_role_have_no_list_and_no_report(place):
    client = log_in()

    assert "What needs doing" not in text_of(client.get(START))
    assert client.get(REPORT).status_code == 403


# The report ---------------------------------------------------------------------------------------


def test_the_report_of_a_county_in_order_says_so(editor):
    text = text_of(editor.get(REPORT))

    assert "Every place has an answer" in text
    assert "Nothing is wrong with the contacts." in text


def test_a_gap_gets_its_reason_in_two_steps(place, editor):
    place.richter.responsibilities.all().delete()
    page = editor.get(REPORT)
    (row,) = page.context["gaps"]
    ((address, town),) = row.reasons
    assert town == "Grimma"
    assert "There is a reason for Grimma …" in text_of(page)

    form = editor.get(address).context["adminform"].form
    assert (form.initial["agency"], form.initial["area"]) == (
        str(place.agency.pk),
        str(place.grimma.pk),
    )
    given = {"agency": place.agency.pk, "area": place.grimma.pk, "topic": "", "valid_until": ""}
    assert editor.post(address, given | {"reason": "Not before spring"}).status_code == 302

    page = editor.get(REPORT)
    assert page.context["gaps"] == []
    assert "Not before spring" in text_of(page)
    assert "All is well" in text_of(editor.get(START))


def test_a_reason_of_another_agency_is_neither_shown_nor_counted(place, editor):
    place.richter.responsibilities.all().delete()
    other = factories.agency("Andere Stelle", place.district)
    DocumentedGap.objects.create(agency=other, area=place.grimma, reason="Only ours to read")

    assert "Only ours to read" not in text_of(editor.get(REPORT))
    assert len(editor.get(REPORT).context["gaps"]) == 1
    assert "Only ours to read" in text_of(log_in(is_superuser=True).get(REPORT))


def test_a_gap_leads_to_where_it_is_closed(place, editor):
    for change in ("vacant", "rule"):
        if change == "vacant":
            Post.objects.filter(pk=place.richter.pk).update(staffing="vacant")
        else:
            place.richter.responsibilities.all().delete()
        (row,) = editor.get(REPORT).context["gaps"]
        assert editor.get(row.url.partition("#")[0]).status_code == 200
        wanted = f"post/{place.richter.pk}/change/#id_staffing"
        assert (wanted if change == "vacant" else f"add/?area={place.grimma.pk}") in row.url
    Responsibility.objects.all().delete()
    (row,) = editor.get(REPORT).context["gaps"]
    page = editor.get(row.url)
    assert {str(town) for town in page.context["cl"].result_list} == {"Borna", "Grimma"}


def test_only_an_editor_is_offered_to_give_a_reason(place):
    place.richter.responsibilities.all().delete()
    text = text_of(log_in(place.agency, Role.COORDINATOR).get(REPORT))

    assert "Nobody is responsible" in text
    assert "There is a reason" not in text


def test_a_reason_is_refused_for_a_place_of_another_county(place, editor):
    elsewhere = factories.municipality("Fremdstadt")
    given = {"agency": place.agency.pk, "area": elsewhere.pk, "reason": "x", "topic": ""}
    editor.post("/verwaltung/contacts/documentedgap/add/", given)

    assert not DocumentedGap.objects.exists()


def test_many_findings_of_one_kind_are_folded(place, editor):
    for number in range(12):
        factories.post(place.agency, f"Post {number}")
    text = editor.get(REPORT).content.decode()

    assert text.count('class="finding"') == 12
    assert "4 more" in text


def test_a_chosen_agency_that_is_none_changes_nothing(place, editor):
    for wish in ("?agency=", "?agency=nirgendwo", "?agency=%00"):
        assert "Every place has an answer" in text_of(editor.get(f"{REPORT}{wish}"))


def fill(place, number: int) -> None:
    """Towns without an answer, rules that end, posts of all kinds, doubts, messages, people."""
    agency = place.agency
    start = Area.objects.count()
    Area.objects.bulk_create(
        Area(
            key=f"9{start:03}{n:04}",
            kind="municipality",
            parent=place.district,
            name=f"Ort {start + n}",
            slug=f"ort-{start + n}",
        )
        for n in range(number)
    )
    towns = list(Area.objects.filter(slug__startswith="ort-").order_by("-pk")[:number])
    posts = Post.objects.bulk_create(
        Post(slug=f"p-{start + n}", agency=agency, phone="03433 1", staffing=staffing)
        for n, staffing in zip(range(number), ["filled", "vacant", "planned"] * 100, strict=False)
    )
    for language in ("de", "en"):
        PostTranslation.objects.bulk_create(
            PostTranslation(master=post, language_code=language, title="T") for post in posts
        )
    people = Person.objects.bulk_create(
        Person(agency=agency, name=f"Name {n % 200}") for n in range(number)
    )
    pairs = list(zip(posts, people, towns, strict=True))
    Tenure.objects.bulk_create(Tenure(post=post, person=person) for post, person, _t in pairs)
    Absence.objects.bulk_create(
        Absence(person=person, valid_from=day(5), stand_in=place.loth) for person in people
    )
    for first, last in ((None, 3), (2, 4)):  # in part a place twice
        Responsibility.objects.bulk_create(
            Responsibility(
                post=post, area=town, valid_from=first and day(first), valid_until=day(last)
            )
            for post, _person, town in pairs[::2]
        )
    Responsibility.objects.bulk_create(
        Responsibility(post=place.loth, area=town) for town in towns[::3]
    )
    Office.objects.bulk_create(
        Office(slug=f"o-{start + n}", agency=agency, street="M", postal_code="1", city="G")
        for n in range(number)
    )
    Doubt.objects.bulk_create(
        [Doubt(agency=agency, post=post, field="phone") for post in posts]
        + [Doubt(area=town, field="postal_codes") for town in towns]
    )
    DocumentedGap.objects.bulk_create(
        DocumentedGap(agency=agency, area=town, reason="x") for town in towns[::2]
    )
    LookUpCount.objects.bulk_create(
        LookUpCount(day=TODAY, outcome="exact", municipality=town, number=5) for town in towns
    )
    Correction.objects.bulk_create(
        Correction(kind="wrong", agency=agency, post=post, received_at=timezone.now())
        for post in posts
    )
    MissedInput.objects.bulk_create(
        MissedInput(week="2999-W01", digest=f"{start}-{n}", text=f"W {n}", number=3)
        for n in range(number)
    )


@pytest.mark.parametrize("is_superuser", [False, True])
def test_three_hundred_rows_take_as_many_queries_as_three(place, is_superuser):
    client = log_in(place.agency, is_superuser=is_superuser)
    numbers = []
    for size in (3, 297):
        fill(place, size)
        client.get(START)
        for address in (START, REPORT):
            with CaptureQueriesContext(connection) as queries:
                assert client.get(address).status_code == 200
            numbers.append(len(queries))

    assert numbers[:2] == numbers[2:]


# The command --------------------------------------------------------------------------------------


def checked(capsys, *arguments: str) -> tuple[int, str]:
    try:
        call_command("check_contacts", "--language", "en", *arguments)
        code = 0
    except SystemExit as end:
        code = end.code
    return code, capsys.readouterr().out


def test_the_command_ends_with_0_where_nothing_needs_a_hand(place, capsys):
    assert checked(capsys)[0] == 0

    Post.objects.filter(pk=place.loth.pk).update(staffing="planned")
    DocumentedGap.objects.create(agency=place.agency, area=place.borna, reason="Planned")
    code, text = checked(capsys)
    assert code == 0
    assert "· Borna: Nobody answers today" in text
    assert "Planned posts:" in text


def test_the_command_says_in_words_and_in_json_what_needs_a_hand(place, capsys):
    place.richter.responsibilities.all().delete()
    Post.objects.filter(pk=place.loth.pk).update(confirmed_on=None)
    code, text = checked(capsys)
    assert code == 1
    assert "! Grimma: Nobody is responsible today and in the next twelve months." in text

    code, text = checked(capsys, "--json", "--on", "2030-01-01", "--agency", "landkreis-leipzig")
    content = json.loads(text)
    assert code == 1
    assert (content["on"], content["until"]) == ("2030-01-01", "2031-01-01")
    (gap,) = content["gaps"]
    assert (gap["keys"], gap["last"], gap["explained"]) == ([place.grimma.key], None, False)
    assert {finding["kind"] for finding in content["findings"]} == {"unconfirmed"}
    assert content["needs_a_hand"] == 1 + len(content["findings"])


def test_the_command_knows_only_agencies_that_are_there(place, capsys):
    with pytest.raises(CommandError, match="landkreis-leipzig"):
        checked(capsys, "--agency", "nirgendwo")
