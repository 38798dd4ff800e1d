"""Pools of interpreters in public, on the desk's page of an enquiry, and in numbers."""

import csv
import datetime as dt

import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse
from django.utils import translation

from contacts.enquiries import erasing
from contacts.interpreting import assigning, statistics
from contacts.models import Assignment, Enquiry, Interpreter, InterpreterPool
from portal.models import OutboxMessage
from tests import factories
from tests.contacts import desk, pools
from tests.portal.entering import entered

pytestmark = pytest.mark.django_db
NUMBERS = "/verwaltung/sprachmittlung/zahlen/"
MEMBERS = "/verwaltung/contacts/interpreter/"
POOLS = "/verwaltung/contacts/interpreterpool/"


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(pools.NOW, tick=False), translation.override("en"):
        yield


@pytest.fixture
def world() -> pools.World:
    return pools.world()


@pytest.fixture
def keeper(world) -> Client:
    return desk.client_of(world.keeper)


def read(path: str, client: Client | None = None) -> str:
    answer = (client or Client()).get(path)
    assert answer.status_code == 200, path
    return " ".join(answer.text.split())


# In public ----------------------------------------------------------------------------------------


def test_the_page_of_a_pool_says_what_one_needs_to_ask(world):
    shown = read("/en/sprachmittlung/pool/")

    for part in ("Tigrinya", "Arabic", "Landkreis Leipzig", "Begegnung e. V.", "Kostenlos"):
        assert part in shown
    assert "tel:+493433777" in shown or "tel:03433777" in shown
    assert 'href="/en/anfrage/sprachmittlung/"' in shown


def test_the_list_says_where_there_is_a_pool_and_whom_to_ask_elsewhere(world):
    factories.agency("Stelle ohne Pool", factories.district("Landkreis Ohne"), phone="0341 99")

    shown = read("/en/sprachmittlung/")

    assert shown.index("Servicestelle") < shown.index("Stelle ohne Pool")
    assert "0341 99" in shown
    for path in ("themen/interpreting/", "stellen/landkreis-leipzig/"):
        assert "/en/sprachmittlung/pool/" in read(f"/en/{path}")
    assert "/en/sprachmittlung/" in read("/en/anfrage/sprachmittlung/")
    assert "/de/sprachmittlung/pool/" in Client().get("/sitemap.xml").text


def test_a_pool_whose_desk_is_empty_sends_nobody_there(world):
    world.post.staffing = "vacant"
    world.post.save()

    assert "/en/sprachmittlung/pool/" not in read("/en/sprachmittlung/")
    assert "Nobody is at work here at present." in read("/en/sprachmittlung/pool/")


def test_who_needs_somebody_tomorrow_is_told_to_call_and_a_past_day_is_refused(world, monkeypatch):
    monkeypatch.setattr("portal.guarded.FASTEST", -1)  # no time passes here
    page = Client()
    address = "/en/anfrage/sprachmittlung/"
    opened = page.get(address).context["form"].initial["opened"]
    typed = {
        "opened": opened,
        "wanted_language": "ti",
        "talk": "school",
        "talk_on": "2026-11-20",
        "talk_at": "14:30",
        "place": "Borna",
        "phone": "0151 2345678",
    }

    refused = page.post(address, typed)
    assert refused.status_code == 422
    assert "This day is over. Enter today or a later day." in refused.text
    sent = page.post(address, typed | {"talk_on": "24.11.2026"}, follow=True)

    assert sent.status_code == 200, sent.context["form"].errors
    assert "The talk is soon. Please call as well" in sent.text
    assert "24 November 2026" in sent.text
    assert Enquiry.objects.get().assigned_post == world.post


# The desk -----------------------------------------------------------------------------------------


def press(client: Client, enquiry: Enquiry, name: str, *number: int, **sent):
    address = reverse(f"admin:contacts_enquiry_interpreter_{name}", args=[enquiry.pk, *number])
    return client.post(address, sent, follow=True)


def test_from_the_page_of_an_enquiry_it_takes_three_clicks(world, keeper):
    enquiry = pools.enquiry(world)
    page = reverse("admin:contacts_enquiry_change", args=[enquiry.pk])
    shown = read(page, keeper)
    assert f'value="{world.saba.pk}-ti"' in shown
    assert "free on that day" in shown

    asked = press(
        keeper, enquiry, "ask", who=f"{world.saba.pk}-ti", day="2026-12-01", seen="open-1-0"
    )
    assert "Asked by mail." in asked.text
    pk = Assignment.objects.get().pk
    comes = press(keeper, enquiry, "confirm", pk)
    assert "the sender has been told" in comes.text
    assert 'interpreter (Karin Pool): <span dir="auto">confirmed</span>' in comes.text
    with time_machine.travel(pools.AT_THE_TALK, tick=False):
        later = desk.client_of(world.keeper)
        assert "Has taken place" in read(page, later)
        press(later, enquiry, "done", pk)

    enquiry.refresh_from_db()
    assert (enquiry.state, enquiry.outcome) == ("closed", "helped")
    own = entered(enquiry.email).get(f"/en/anfrage/{enquiry.uuid}/").text
    assert "took place on 1 December 2026" in own


def test_what_cannot_be_is_said_on_the_page_and_nothing_happens(world, keeper):
    enquiry = pools.enquiry(world)
    for sent in (
        {},
        {"who": "x-ti", "day": "2026-12-01"},
        {"who": f"{world.saba.pk}-fa", "day": "2026-12-01"},
        {"who": f"{world.saba.pk}-ti", "day": "next Tuesday"},
        {"who": f"{world.saba.pk}-ti", "day": "2026-11-20"},
        {"who": "9" * 30 + "-ti\0", "day": "\0"},
        {"who": f"{world.saba.pk}-ti", "day": "2026-12-01", "seen": "open-7-7"},
    ):
        answer = press(keeper, enquiry, "ask", **sent)
        assert 'class="error"' in answer.text, sent
    assert not Assignment.objects.exists()
    assert press(keeper, enquiry, "confirm", 99999).status_code == 404
    assert press(desk.client_of(world.richter), enquiry, "ask").status_code == 404


def test_the_page_says_what_to_do_without_addresses_and_when_a_mail_came_back(world, keeper):
    enquiry = pools.enquiry(world, email="", phone="0151 1")
    page = reverse("admin:contacts_enquiry_change", args=[enquiry.pk])
    row = assigning.ask(
        enquiry, world.saba, language="ti", day=pools.TALK, by=world.keeper, now=pools.NOW
    )
    OutboxMessage.objects.filter(about=f"assignment:{row.pk}:asked").update(state="failed")
    assert "could not be delivered: please call" in read(page, keeper)

    said = press(keeper, enquiry, "confirm", row.pk)

    assert "Please call the sender now and say so." in said.text
    closing = reverse("admin:contacts_enquiry_close", args=[enquiry.pk])
    assert "they are told that nobody is needed" in read(closing, keeper)
    # Elsewhere nothing of this is offered.
    other = pools.enquiry(world, post=world.place.richter)
    page = reverse("admin:contacts_enquiry_change", args=[other.pk])
    assert 'id="interpreter"' not in read(page, desk.client_of(world.richter))


# The administration -------------------------------------------------------------------------------


def test_the_desk_enters_interpreters_by_the_names_of_languages(world, keeper):
    form = read(f"{MEMBERS}add/", keeper)
    assert "Tigrinya" in form
    typed = {
        "name": "Rahel Neu",
        "phone": "0170 5",
        "pool": world.pool.pk,
        "is_active": "on",
        "languages": ["ti"],
        "one_more": "so",
    }

    refused = keeper.post(f"{MEMBERS}add/", typed | {"languages": [], "one_more": "", "phone": ""})
    assert "Choose at least one language." in refused.text
    assert "Give an e-mail address or a telephone number." in refused.text
    keeper.post(f"{MEMBERS}add/", typed)

    assert Interpreter.objects.get(name="Rahel Neu").languages == ["ti", "so"]
    assert [entry.object_repr for entry in LogEntry.objects.all()] == [str(world.pool)]
    assert "Rahel" in read(f"{MEMBERS}?language=so", keeper)
    assert "Saba" not in read(f"{MEMBERS}?language=so", keeper)
    assert keeper.get(f"{MEMBERS}?language=%00").status_code == 400


def test_an_interpreter_who_is_needed_stays_and_a_deleted_one_leaves_no_name(world, keeper):
    row = assigning.ask(
        pools.enquiry(world),
        world.saba,
        language="ti",
        day=pools.TALK,
        by=world.keeper,
        now=pools.NOW,
    )
    address = f"{MEMBERS}{world.saba.pk}/delete/"
    assert "Settle that first" in keeper.get(address, follow=True).text
    keeper.post(address, {"post": "yes"})
    assert Interpreter.objects.filter(pk=world.saba.pk).exists()

    assigning.decline(row, by=world.keeper, now=pools.NOW)
    keeper.post(address, {"post": "yes"})

    assert not Interpreter.objects.filter(pk=world.saba.pk).exists()
    assert {entry.object_repr for entry in LogEntry.objects.all()} == {str(world.pool)}


def test_the_form_of_a_pool_says_which_languages_are_missing(world):
    editor = desk.client_of(desk.staff(world.place, "editor"))

    shown = read(f"{POOLS}{world.pool.pk}/change/", editor)

    assert "Missing above: Amharic." in shown
    assert "Named above, but nobody speaks: Arabic." in shown
    assert "Saba" not in shown
    assert "Amharic" not in read("/en/sprachmittlung/pool/")
    pool = InterpreterPool.objects.get()
    pool.languages = ["ti", "am"]
    pool.save()
    assert "Amharic" in read("/en/sprachmittlung/pool/")


# Numbers ------------------------------------------------------------------------------------------


def a_year(world) -> None:
    """Tigrinya: one done and erased, one withdrawn; Persian: not found; one open; one of 2025."""
    erased = pools.enquiry(world)
    options = {"by": world.keeper, "now": pools.NOW}
    row = assigning.ask(erased, world.saba, language="ti", day=pools.TALK, **options)
    assigning.confirm(row, **options)
    assigning.done(row, by=world.keeper, now=pools.AT_THE_TALK)
    erasing.erase(erased, outcome="no-reply", now=pools.AT_THE_TALK)
    closed = {"state": "closed", "closed_at": pools.NOW}
    pools.enquiry(world, outcome="withdrawn", **closed)
    october = dt.datetime(2026, 9, 30, 23, 30, tzinfo=dt.UTC)  # in Berlin it is October
    pools.enquiry(world, languages=["fa"], outcome="not-possible", now=october, **closed)
    pools.enquiry(world, languages=["=HYPERLINK(1)"])
    pools.enquiry(world, now=dt.datetime(2025, 5, 5, tzinfo=dt.UTC))
    pools.enquiry(world, post=world.place.richter)  # another desk


def test_the_numbers_are_by_language_and_month_also_after_erasing(world, django_assert_num_queries):
    a_year(world)

    with django_assert_num_queries(1):
        lines = statistics.numbers([world.pool], 2026)

    assert [(line.language, line.month, *line.counts) for line in lines] == [
        ("Another language", "November 2026", 1, 0, 0, 0, 1),
        ("Persian", "October 2026", 1, 0, 1, 0, 0),
        ("Tigrinya", "November 2026", 2, 1, 0, 1, 0),
    ]
    assert statistics.total(lines).counts == [4, 1, 1, 1, 1]
    assert statistics.years([world.pool]) == [2026, 2025]


def test_the_page_of_numbers_and_its_file_are_for_the_desk_and_the_administration(world, keeper):
    a_year(world)

    for client in (keeper, desk.client_of(world.admin)):
        shown = read(NUMBERS, client)
        assert "Tigrinya" in shown
        assert 'option value="2025"' in shown
        assert "Interpreters in numbers" in read("/verwaltung/", client)
    assert desk.client_of(world.richter).get(NUMBERS).status_code == 403
    answer = keeper.get(f"{NUMBERS}?jahr=2026&datei=csv")
    rows = list(csv.reader(answer.content.decode("utf-8-sig").splitlines(), delimiter=";"))
    if len(rows[0]) == 1:
        rows = list(csv.reader(answer.content.decode("utf-8-sig").splitlines()))
    assert rows[0][:3] == ["Language", "Month", "Interpreters wanted"]
    assert rows[-1][2:] == ["4", "1", "1", "1", "1"]
    assert "HYPERLINK" not in answer.content.decode()
    assert "2025" in read(f"{NUMBERS}?jahr=2025", keeper)
    for nonsense in ("?jahr=x", "?jahr=99999999999999", "?jahr=%00&datei=exe"):
        assert keeper.get(NUMBERS + nonsense).status_code == 200
