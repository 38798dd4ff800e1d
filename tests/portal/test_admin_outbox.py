"""The outbox as staff see it: the mail of their agencies, never a code, and "Send again"."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from contacts.models import StaffRole
from contacts.roles import Role
from portal.models import JobRun, OutboxMessage
from tests import factories

pytestmark = pytest.mark.django_db
LIST = "admin:portal_outboxmessage_changelist"
CODE = "Ihr Code lautet 471108."


@pytest.fixture(autouse=True)
def production(settings):
    settings.DEMO = False


@pytest.fixture
def agency(db):
    return factories.agency("Koordinierungsstelle Muster")


def client_of(*roles, **fields) -> Client:
    user = factories.user(is_staff=True, **fields)
    for agency, role in roles:
        StaffRole.objects.create(user=user, agency=agency, role=role)
    client = Client()
    client.force_login(user)
    return client


def page(client: Client, message: OutboxMessage) -> str:
    return client.get(reverse("admin:portal_outboxmessage_change", args=[message.pk])).text


def send_again(client: Client, message: OutboxMessage):
    address = reverse("admin:portal_outboxmessage_send-again", args=[message.pk])
    return client.post(address, follow=True)


def subjects(client: Client, **query) -> list[str]:
    return [m.subject for m in client.get(reverse(LIST), query).context["cl"].result_list]


def test_staff_read_what_went_to_whom_and_why_it_did_not_arrive(agency):
    factories.mail(agency, state="failed", problem="recipient", smtp_code="550 5.1.1")
    client = client_of((agency, Role.AUDITOR))

    listed = client.get(reverse(LIST)).text  # the label is asked for in the language of the answer
    assert str(OutboxMessage.Problem.RECIPIENT.label) in listed
    shown = page(client, OutboxMessage.objects.get())
    for text in ("amal@example.org", "stimmen diese Angaben noch?", "550 5.1.1", str(agency)):
        assert text in shown
    assert '<div lang="de" dir="ltr" class="mail">' in shown


def test_what_is_written_in_a_mail_is_text_and_no_markup(agency):
    message = factories.mail(agency, body="<script>alert(1)</script>", language="ar")
    shown = page(client_of((agency, Role.EDITOR)), message)

    assert "&lt;script&gt;alert(1)" in shown
    assert '<div lang="ar" dir="rtl"' in shown


@pytest.mark.parametrize("is_boss", [False, True])
def test_nobody_reads_a_code_outside_the_demo(agency, settings, is_boss):
    message = factories.mail(agency, is_secret=True, body=CODE, state="failed")
    client = client_of((agency, Role.AGENCY_ADMIN), is_superuser=is_boss)
    pages = [
        page(client, message),
        client.get(reverse(LIST)).text,
        client.get(reverse("admin:portal_outboxmessage_history", args=[message.pk])).text,
        send_again(client, message).text,
    ]

    assert [text for text in pages if "471108" in text] == []
    assert subjects(client, q="471108") == []
    for column in ("body", "body__contains", "body__startswith"):
        assert client.get(reverse(LIST), {column: "Ihr Code"}).status_code in (302, 400)
    settings.DEMO = True
    assert CODE in page(client, message)


def test_a_message_of_the_whole_site_is_for_superusers(agency):
    message = factories.mail(None, subject="Einladung")
    address = reverse("admin:portal_outboxmessage_change", args=[message.pk])

    assert client_of((agency, Role.AGENCY_ADMIN)).get(address).status_code == 404
    assert client_of(is_superuser=True).get(address).status_code == 200


def test_the_list_is_filtered_by_state_and_by_what_needs_a_look(agency):
    other = factories.agency("Andere Stelle")
    for number, (state, owner) in enumerate(
        [("waiting", agency), ("failed", agency), ("sent", other), ("kept", other)]
    ):
        factories.mail(owner, subject=f"{state} {number}", state=state, sent_at=timezone.now())
    late = factories.mail(agency, subject="late", problem="timeout")
    OutboxMessage.objects.filter(pk=late.pk).update(created_at="2026-01-01T00:00Z")
    client = client_of(is_superuser=True)

    assert subjects(client, state="failed") == ["failed 1"]
    assert sorted(subjects(client, state="undelivered")) == ["failed 1", "late"]
    assert subjects(client, agency=other.slug) == ["kept 3", "sent 2"]
    assert len(subjects(client, state="nonsense", agency="nonsense")) == 5
    assert len(subjects(client, q="AMAL@")) == 5


def test_an_editor_sends_again_what_was_given_up(agency):
    message = factories.mail(agency, state="failed", problem="timeout", tries=72)
    client = client_of((agency, Role.EDITOR))
    assert "send-again" in page(client, message)

    answer = send_again(client, message)

    assert answer.status_code == 200
    message.refresh_from_db()
    assert (message.state, message.tries) == ("waiting", 0)
    assert str(message.sent_again_by) in answer.text
    assert "send-again" not in answer.text  # nothing to do while it waits
    again = send_again(client, message)
    assert 'class="error"' in again.text


def test_only_those_who_act_for_the_agency_send_again(agency):
    message = factories.mail(agency, state="failed")
    other = factories.agency("Andere Stelle")
    auditor, stranger = client_of((agency, Role.AUDITOR)), client_of((other, Role.EDITOR))

    assert "send-again" not in page(auditor, message)
    assert send_again(auditor, message).status_code == 403
    assert send_again(stranger, message).status_code == 404
    message.refresh_from_db()
    assert message.state == "failed"


def test_a_nul_in_the_address_is_answered(agency):
    client = client_of(is_superuser=True)
    for query in ({"state": "a\0"}, {"q": "a\0"}):
        assert client.get(reverse(LIST), query).status_code in (200, 400)


def test_superusers_see_how_the_jobs_went(agency):
    JobRun.objects.create(name="mail", last_start=timezone.now(), error="ValueError in a.py:1")
    address = reverse("admin:portal_jobrun_changelist")

    assert "ValueError in a.py:1" in client_of(is_superuser=True).get(address).text
    assert client_of((agency, Role.AGENCY_ADMIN)).get(address).status_code == 403


def test_the_demo_leads_to_its_outbox_and_says_that_nothing_is_sent(client, settings, agency):
    settings.DEMO = True
    assert reverse(LIST) in client.get("/de/").text
    settings.DEMO = False
    assert reverse(LIST) not in client.get("/de/").text
