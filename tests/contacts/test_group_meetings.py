"""Meetings of a group: who invites whom, what members get, and what nobody else does."""

import datetime as dt
import re
import uuid

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse
from django.utils.translation import override
from icalendar import Calendar

from contacts.meeting_forms import instant_of
from contacts.models import GroupMember, Meeting
from contacts.network import access, calendar, meetings, personal
from contacts.roles import Role
from portal import privacy
from portal.models import OutboxMessage, User
from tests import factories
from tests.contacts.groups import (
    CONVENOR,
    DAY,
    FORMER,
    MEMBER,
    NOW,
    OTHER,
    START,
    TODAY,
    by_code,
    client_of,
    everybody,
    meeting,
    network,
    staff,
)
from tests.portal.entering import CODE, code_in, entered
from tests.reading import seen_in
from tests.site import markup

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def net():
    with time_machine.travel(NOW, tick=False):
        yield network()


@pytest.fixture
def convenor(net) -> User:
    return by_code(CONVENOR)


def page(name: str, *args: object, language: str = "en") -> str:
    with override(language):
        return reverse(f"contacts:{name}", args=args)


def form(**typed: str) -> dict:
    return {
        "key": str(uuid.uuid4()),
        "title": "Sommerfest",
        "day": "12.01.2027",
        "starts": "17:00",
        "ends": "19:00",
        "place": "Rathaus Borna",
        "agenda": "Begrüßung\r\nHaushalt",
        **typed,
    }


def mails() -> list[OutboxMessage]:
    return list(OutboxMessage.objects.filter(about__startswith="meeting:").order_by("pk"))


# Who sees what, who may what ----------------------------------------------------------------------


def test_members_of_today_and_keepers_see_a_group_and_nobody_else(net, convenor):
    arranged = meeting(net.group, by=convenor)
    pages = ["own_group", "meeting", "meeting_ics"]
    wrong = []
    for who, user, sees, may in everybody(net):
        visible = Meeting.objects.visible_to(user).filter(pk=arranged.pk).exists()
        members = GroupMember.objects.visible_to(user).filter(group=net.group).exists()
        group = access.groups_for(user).filter(pk=net.group.pk).exists()
        if {visible, members, group} != {sees} or access.may_convene(user, net.group, TODAY) != may:
            wrong.append(who)
        client = client_of(user) if user.is_authenticated and user.is_active else Client()
        is_in = client.cookies
        for name in pages:
            arg = net.group.slug if name == "own_group" else arranged.uuid
            status = client.get(page(name, arg)).status_code
            if status != (200 if sees else 404 if is_in else 302):
                wrong.append((who, name, status))
        for name in ("meeting_change", "meeting_cancel", "meeting_add", "group_paper_add"):
            arg = arranged.uuid if "meeting_c" in name else net.group.slug
            status = client.get(page(name, arg)).status_code
            if status != (200 if may else 404 if is_in else 302):
                wrong.append((who, name, status))
    assert wrong == []


def test_the_verbs_themselves_refuse_whoever_may_not_convene(net, convenor):
    arranged = meeting(net.group, by=convenor)
    told = len(mails())
    plan = {"title": "x", "starts_at": START, "ends_at": START + HOUR, "place": "x", "agenda": ""}

    for who in (MEMBER, FORMER, OTHER):
        with pytest.raises(PermissionDenied):
            meetings.invite(net.group, **plan, by=by_code(who), now=NOW)
        with pytest.raises(PermissionDenied):
            meetings.change(arranged, **plan, seen=0, by=by_code(who), now=NOW)
        with pytest.raises(PermissionDenied):
            meetings.cancel(arranged, by=by_code(who), now=NOW)

    assert (Meeting.objects.count(), len(mails())) == (1, told)


def test_a_member_loses_sight_of_the_group_the_day_after_the_last(net, convenor):
    arranged = meeting(net.group, by=convenor)
    client = entered(MEMBER)
    GroupMember.objects.filter(email=MEMBER).update(valid_until=TODAY)
    assert client.get(page("meeting", arranged.uuid)).status_code == 200

    GroupMember.objects.filter(email=MEMBER).update(valid_until=TODAY - DAY)

    for name, arg in (("meeting", arranged.uuid), ("own_group", net.group.slug)):
        assert client.get(page(name, arg)).status_code == 404
    assert "AG Sprache" not in seen_in(client.get(page("own_groups")))


def test_staff_need_what_the_administration_asks_of_them(net, settings):
    settings.SECOND_FACTOR_REQUIRED = True
    editor = client_of(staff(net.agency, Role.EDITOR))

    answer = editor.get(page("own_group", net.group.slug))

    assert (answer.status_code, answer["Location"]) == (302, reverse("mfa_index"))
    settings.SECOND_FACTOR_REQUIRED = False
    assert editor.get(page("own_group", net.group.slug)).status_code == 200
    with time_machine.travel(NOW + dt.timedelta(hours=11), tick=False):
        late = editor.get(page("own_group", net.group.slug))
    assert late.status_code == 302


# Inviting -----------------------------------------------------------------------------------------


def test_a_convenor_logs_in_by_code_and_invites(net):
    client = Client()
    asked = client.get(page("meeting_add", net.group.slug))
    assert asked.status_code == 302
    client.get(asked["Location"])
    client.post("/en/anmelden/", {"email": CONVENOR, "weiter": page("meeting_add", net.group.slug)})
    opened = client.post(CODE, {"code": code_in(CONVENOR)}, follow=True)
    assert "2 people belong to the group" in seen_in(opened)
    typed = form()

    shown = client.post(page("meeting_add", net.group.slug), typed, follow=True)

    assert "2 people are invited by mail" in seen_in(shown)
    for said in ("Sommerfest", "Tuesday, 12 January 2027, 17:00 to 19:00", "Rathaus Borna"):
        assert said in seen_in(shown)
    stored = Meeting.objects.get()
    assert (stored.starts_at, stored.ends_at) == (START, START + 2 * HOUR)
    first, second = mails()
    assert {first.recipient, second.recipient} == {CONVENOR, MEMBER}
    assert first.subject.endswith(": AG Sprache, 12. Januar 2027")
    for said in ("Dienstag, 12. Januar 2027, 17:00", "Rathaus Borna", "Begrüßung\nHaushalt"):
        assert said in first.body
    assert page("meeting", stored.uuid, language="de") in first.body
    assert "@" not in first.body
    assert (first.reply_to, first.not_after) == (CONVENOR, stored.ends_at)

    again = client.post(page("meeting_add", net.group.slug), typed, follow=True)

    assert "2 people are invited by mail" in seen_in(again)
    assert (Meeting.objects.count(), len(mails())) == (1, 2)


def test_a_keeper_invites_in_the_name_of_the_agency(net):
    editor = client_of(staff(net.agency, Role.COORDINATOR))

    editor.post(page("meeting_add", net.group.slug), form())

    assert {m.reply_to for m in mails()} == {net.agency.email}
    assert editor.post(page("meeting_add", net.foreign.slug), form()).status_code == 404


def test_mails_are_in_german_whatever_language_the_convenor_reads(net):
    net.group.set_current_language("en")
    net.group.name = "Language group"
    net.group.save()

    shown = entered(CONVENOR).post(page("meeting_add", net.group.slug), form(), follow=True)

    assert "Language group" in seen_in(shown)
    assert all("AG Sprache" in m.subject and "AG Sprache" in m.body for m in mails())
    assert all(m.from_name == "Koordinierungsstelle für Integration" for m in mails())
    assert not any("Language group" in m.body for m in mails())


def test_what_the_mail_says_is_for_its_reader_alone(net, convenor):
    meeting(net.group, by=convenor)

    assert all(m.is_secret for m in mails())
    keepers = {Role.EDITOR, Role.COORDINATOR, Role.AGENCY_ADMIN}
    for role in Role:
        seen = OutboxMessage.objects.visible_to(staff(net.agency, role))
        assert seen.count() == (len(mails()) if role in keepers else 0), role
        assert not OutboxMessage.objects.visible_to(staff(net.foreign.agency, role))


REFUSED = [
    ({"day": "22.11.2026"}, "This time has passed"),
    ({"starts": "19:00", "ends": "17:00"}, "The end has to be later"),
    ({"starts": "17:00", "ends": "17:00"}, "The end has to be later"),
    ({"last_day": "13.01.2027", "ends": "17:01"}, "24 hours at most"),
    ({"day": "24.11.2028"}, "more than two years ahead"),
    ({"day": "0001-01-01"}, "Enter a day"),
    ({"day": "9999-12-31"}, "Enter a day"),
    ({"day": "31.02.2027"}, "Enter a day, such as 31.10.2026"),
    ({"starts": "25 Uhr"}, "Enter a time, such as 15:30"),
    ({"place": ""}, "Enter where the meeting takes place"),
    ({"day": "28.03.2027", "starts": "2:30"}, "this time does not exist"),
    ({"agenda": "x" * 4001}, "4000"),
    ({"agenda": "a\0b"}, "Null characters"),
    ({"key": "x"}, "open the form once more"),
]


def test_times_that_make_no_sense_are_refused_and_what_was_typed_stays(net):
    client = entered(CONVENOR)
    for typed, said in REFUSED:
        answer = client.post(page("meeting_add", net.group.slug), form(**typed))

        assert answer.status_code == 422, typed
        assert said in seen_in(answer)
        assert "Sommerfest" in answer.text
        assert "<title>Error:" in answer.text
    assert (Meeting.objects.count(), mails()) == (0, [])


def test_an_ended_group_and_one_without_members_invite_to_nothing(net):
    keeper = client_of(staff(net.agency, Role.EDITOR))
    net.group.ended_on = TODAY + DAY
    net.group.save()

    ended = keeper.post(page("meeting_add", net.group.slug), form())
    GroupMember.objects.filter(group=net.other).delete()
    empty = keeper.post(page("meeting_add", net.other.slug), form())

    assert "This group ends on 24 November 2026" in seen_in(ended)
    assert "Nobody belongs to this group today" in seen_in(empty)
    assert not Meeting.objects.exists()


def test_the_form_of_one_group_is_of_no_use_for_another(net):
    keeper, typed = client_of(staff(net.agency, Role.EDITOR)), form()
    keeper.post(page("meeting_add", net.group.slug), typed)

    answer = keeper.post(page("meeting_add", net.other.slug), typed)

    assert "Please open the form once more" in seen_in(answer)
    assert Meeting.objects.get().group == net.group


def test_nobody_fills_the_mailboxes_of_the_members(net):
    client = entered(CONVENOR)
    statuses = [
        client.post(page("meeting_add", net.group.slug), form()).status_code for _n in range(21)
    ]

    assert statuses == [302] * 20 + [429]


# Changing and cancelling --------------------------------------------------------------------------


def test_members_are_told_what_is_new(net, convenor):
    arranged = meeting(net.group, by=convenor)
    client = entered(CONVENOR)
    address = page("meeting_change", arranged.uuid)
    opened = client.get(address)
    assert 'value="2027-01-12"' in opened.text
    assert 'value="17:00"' in opened.text
    typed = form(seen="0", place="Volkshaus", starts="18:00", ends="20:00", agenda="Nur Haushalt")

    shown = client.post(address, typed, follow=True)

    assert "2 people are told what is new" in seen_in(shown)
    arranged.refresh_from_db()
    assert (arranged.sequence, arranged.starts_at) == (1, START + HOUR)
    told = mails()[-1]
    assert told.subject.endswith(": AG Sprache, 12. Januar 2027")
    assert "Rathaus Borna, Raum 2" in told.body
    assert "18:00" in told.body
    assert "17:00" in told.body
    assert "Nur Haushalt" in told.body
    assert len(mails()) == 4

    again = client.post(address, typed, follow=True)
    unchanged = client.post(address, {**typed, "seen": "1"}, follow=True)

    assert "2 people are told what is new" in seen_in(again)
    assert "Nothing about the meeting is new" in seen_in(unchanged)
    assert len(mails()) == 4
    stale = client.post(address, form(seen="0", place="Anderswo"))
    assert "Somebody else has changed this meeting meanwhile" in seen_in(stale)
    assert "Anderswo" in stale.text


def test_a_cancelled_meeting_stays_in_the_list_and_is_told_once(net, convenor):
    arranged = meeting(net.group, by=convenor)
    client = entered(CONVENOR)
    address = page("meeting_cancel", arranged.uuid)
    assert "2 people belong to the group and are told" in seen_in(client.get(address))

    shown = client.post(address, follow=True)
    again = client.post(address, follow=True)

    assert "2 people are told by mail" in seen_in(shown)
    assert "2 people are told by mail" in seen_in(again)
    assert "This meeting is cancelled. It does not take place." in seen_in(shown)
    assert len(mails()) == 4
    assert {m.about.split(":")[2] for m in mails()} == {"invited-0", "cancelled-1"}
    assert "Cancelled" in seen_in(entered(MEMBER).get(page("own_group", net.group.slug)))
    refused = client.post(page("meeting_change", arranged.uuid), form(seen="1"))
    assert "This meeting is cancelled" in seen_in(refused)
    assert client.get(page("meeting_change", arranged.uuid))["Location"] == page(
        "meeting", arranged.uuid
    )


def test_a_meeting_that_has_begun_is_left_as_it_was(net, convenor):
    arranged = meeting(net.group, by=convenor)

    with time_machine.travel(START, tick=False):
        with pytest.raises(ValidationError, match="begun"):
            meetings.cancel(arranged, by=convenor, now=START)
        client = entered(CONVENOR)
        answer = client.post(page("meeting_change", arranged.uuid), form(seen="0", place="x"))
        assert "has begun already" in seen_in(answer)
        assert client.get(page("meeting_cancel", arranged.uuid)).status_code == 302
        assert "This meeting has begun." in seen_in(client.get(page("meeting", arranged.uuid)))


# The calendar -------------------------------------------------------------------------------------


def test_the_entry_in_the_calendar_replaces_itself_and_names_nobody(net, convenor):
    arranged = meeting(net.group, by=convenor)
    client = entered(MEMBER)
    address = page("meeting_ics", arranged.uuid)

    def entry() -> tuple:
        answer = client.get(address)
        assert answer["Content-Type"].startswith("text/calendar")
        assert "attachment" in answer["Content-Disposition"]
        assert answer["Cache-Control"] == "no-store"
        read = Calendar.from_ical(answer.content)
        (event,) = read.walk("VEVENT")
        addresses = set(re.findall(r"[\w.+-]+@[\w.-]+", answer.text.replace("\r\n ", "")))
        return read, event, addresses

    read, event, addresses = entry()
    assert str(event["uid"]) == str(arranged.uuid)
    assert (event["sequence"], event["status"], read["method"]) == (0, "CONFIRMED", "PUBLISH")
    assert (event.decoded("dtstart"), event.decoded("dtend")) == (START, START + 2 * HOUR)
    assert str(event["location"]) == "Rathaus Borna, Raum 2"
    assert str(event["summary"]) == "AG Sprache: Sommerfest"
    assert addresses <= {net.agency.email}
    assert "Vorsitz" not in str(event)

    meetings.cancel(arranged, by=convenor, now=NOW)

    read, event, _addresses = entry()
    assert str(event["uid"]) == str(arranged.uuid)
    assert (event["sequence"], event["status"], read["method"]) == (1, "CANCELLED", "CANCEL")


def test_a_meeting_in_the_night_of_the_clocks_is_as_long_as_it_takes(net):
    client = entered(CONVENOR)
    typed = form(day="27.03.2027", starts="22 Uhr", last_day="28.03.2027", ends="6:00")
    client.post(page("meeting_add", net.group.slug), typed)

    stored = Meeting.objects.get()
    assert stored.ends_at - stored.starts_at == 7 * HOUR
    read = Calendar.from_ical(calendar.entry(stored, url="https://example.org/", now=NOW))
    (event,) = read.walk("VEVENT")
    assert event.decoded("dtstart") == dt.datetime(2027, 3, 27, 21, tzinfo=dt.UTC)
    assert event.decoded("dtend") == dt.datetime(2027, 3, 28, 4, tzinfo=dt.UTC)
    shown = seen_in(client.get(page("meeting", stored.uuid)))
    assert "Saturday, 27 March 2027, 22:00, to Sunday, 28 March 2027, 06:00" in shown
    autumn = instant_of(dt.date(2027, 10, 31), dt.time(2, 30))  # which comes twice
    assert autumn == dt.datetime(2027, 10, 31, 0, 30, tzinfo=dt.UTC)


# The pages ----------------------------------------------------------------------------------------


def test_members_read_who_belongs_to_the_group_and_no_addresses_but_the_convenors(net, convenor):
    meeting(net.group, by=convenor)
    answer = entered(MEMBER).get(page("own_group", net.group.slug))
    shown = seen_in(answer)

    for name in ("Vera Vorsitz", "Volkshochschule", "Mira Mitglied", "Sommerfest"):
        assert name in shown
    for name in ("Falk Früher", "Bela Bald", "Olga Andere"):
        assert name not in shown
    assert CONVENOR in answer.text.replace('<wbr><span class="keep">', "").replace("</span>", "")
    assert MEMBER not in answer.text
    assert "Invite to a meeting" not in shown
    assert answer["Cache-Control"] == "no-store"


def test_my_groups_lead_from_everywhere_behind_the_log_in(net, convenor):
    meeting(net.group, by=convenor)
    account = entered(MEMBER).get("/en/konto/")
    assert page("own_groups") in account.text

    mine = seen_in(entered(MEMBER).get(page("own_groups")))
    nobody = seen_in(entered("fremd@example.org").get(page("own_groups")))
    keeper = seen_in(client_of(staff(net.agency, Role.EDITOR)).get(page("own_groups")))

    assert "AG Sprache" in mine
    assert "AG Arbeit" not in mine
    assert "12 January 2027" in mine
    assert "You belong to no group with this e-mail address" in nobody
    assert "AG Sprache" in keeper
    assert "AG Arbeit" in keeper
    assert "AG Fern" not in keeper


def test_the_pages_are_sound(net, convenor):
    arranged = meeting(net.group, by=convenor)
    client = entered(CONVENOR)
    pages = [page("own_groups")]
    pages += [page(n, net.group.slug) for n in ("own_group", "meeting_add", "group_paper_add")]
    pages += [page(n, arranged.uuid) for n in ("meeting", "meeting_change", "meeting_cancel")]
    for address in pages:
        answer = client.get(address)
        for check in markup.CHECKS:
            assert check(markup.parse(answer.text)) == [], (address, check.__name__)
        for private in (CONVENOR, "Vorsitz", "Sommerfest"):
            assert private not in re.search("<title>(.*?)</title>", answer.text, re.DOTALL)[1]


def test_lists_take_as_many_queries_for_many_meetings_as_for_one(
    net, convenor, django_assert_max_num_queries
):
    client = entered(CONVENOR)
    meeting(net.group, by=convenor)
    client.get(page("own_groups"))

    def count(name, *args):
        with django_assert_max_num_queries(60) as captured:
            client.get(page(name, *args))
        return len(captured)

    few = count("own_groups"), count("own_group", net.group.slug)
    for number in range(1, 8):
        start = START - number * DAY
        meeting(net.group, by=convenor, starts_at=start, ends_at=start + HOUR)
        factories.member(net.group, f"m{number}@example.org", organisation=None)

    assert (count("own_groups"), count("own_group", net.group.slug)) == few


# What belongs to a person -------------------------------------------------------------------------


def test_memberships_are_in_the_copy_and_go_with_the_account(net, convenor):
    meeting(net.group, by=convenor)
    copy = personal.export(by_code(CONVENOR)).data

    assert [row["group"] for row in copy] == ["AG Sprache"]
    assert copy[0]["organisation"] == "Volkshochschule"
    assert CONVENOR in str(copy)
    assert "Mira" not in str(copy)

    privacy.erase(convenor, now=NOW)

    assert not GroupMember.objects.filter(email=CONVENOR).exists()
    assert not User.objects.filter(email=CONVENOR).exists()
    assert Meeting.objects.get().invited_by is None


def test_an_account_takes_its_memberships_to_a_new_address(net, convenor):
    new = factories.member(net.group, "neu@example.org", valid_until=TODAY - DAY)
    convenor.email = new.email
    convenor.save()

    privacy.take_along(convenor, former=CONVENOR)

    (row,) = GroupMember.objects.filter(email="neu@example.org")
    assert (row.role, row.name) == ("convenor", "Vera Vorsitz")
    assert access.may_convene(convenor, net.group, TODAY)
    assert not GroupMember.objects.filter(email=CONVENOR).exists()


def test_who_has_left_is_forgotten_after_a_year_and_so_is_the_account(net, convenor):
    meeting(net.group, by=convenor)
    by_code(FORMER), by_code(MEMBER)
    assert personal.run(NOW + 364 * DAY) == ""

    assert personal.run(NOW + 365 * DAY) == "1 memberships deleted"

    assert not GroupMember.objects.filter(email=FORMER).exists()
    assert not User.objects.filter(email=FORMER).exists()
    assert User.objects.filter(email=MEMBER).exists()
    net.other.ended_on = TODAY
    net.other.save()
    assert personal.run(NOW + 366 * DAY) == "1 memberships deleted"  # of a group that ended
