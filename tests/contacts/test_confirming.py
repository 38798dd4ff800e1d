"""A contact is confirmed with one click, in the administration or from a reminder."""

import datetime as dt
import re

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from contacts import confirming
from contacts.models import Post, StaffRole
from contacts.roles import Role
from portal.models import OutboxMessage
from tests import factories
from tests.contacts.county import BEFORE_NOON, county
from tests.reading import seen_in

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 23)


@pytest.fixture(autouse=True)
def on_a_monday():
    with time_machine.travel(BEFORE_NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def place():
    return county()


@pytest.fixture
def user(place):
    user = factories.user(is_staff=True, email="eda@lk-l.example", name="Eda Editor")
    StaffRole.objects.create(user=user, agency=place.agency, role=Role.EDITOR)
    return user


def remind() -> list[OutboxMessage]:
    confirming.remind(BEFORE_NOON)
    return list(OutboxMessage.objects.order_by("pk"))


def links(message: OutboxMessage) -> list[str]:
    return re.findall(r"(/de/bestaetigen/\S+)", message.body)


def confirmed() -> dict[str, dt.date | None]:
    return dict(Post.objects.values_list("slug", "confirmed_on"))


def test_one_click_in_the_administration_confirms(place, user):
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)

    answer = client.post(
        reverse("admin:contacts_post_confirm", args=[place.richter.pk]), follow=True
    )

    assert "It is noted that this contact is right." in seen_in(answer)
    assert confirmed() == {"koi": TODAY, "kik": None}
    assert str(place.richter.history.first().history_user) == "Eda Editor"


def test_several_are_confirmed_in_the_list(place, user):
    client = Client()
    client.force_login(user)
    chosen = [place.richter.pk, place.loth.pk]

    client.post(
        reverse("admin:contacts_post_changelist"),
        {"action": "confirm_selected", "_selected_action": chosen},
    )

    assert confirmed() == {"koi": TODAY, "kik": TODAY}


def test_editors_are_reminded_of_what_nobody_has_confirmed_for_a_year(place, user):
    Post.objects.filter(pk=place.loth.pk).update(confirmed_on=TODAY - dt.timedelta(days=365))
    auditor = factories.user(is_staff=True, email="audit@lk-l.example")
    StaffRole.objects.create(user=auditor, agency=place.agency, role=Role.AUDITOR)

    (message,) = remind()

    assert message.recipient == "eda@lk-l.example"
    assert "Koordinatorin (Martina Richter)" in message.body
    assert "Loth" not in message.body  # a year is not over before its last day
    assert message.owner == "landkreis-leipzig"


def test_nobody_is_reminded_twice_a_month_or_of_a_project_that_has_ended(place, user):
    remind()
    assert len(remind()) == 1
    december = dt.datetime(2026, 12, 1, 6, tzinfo=dt.UTC)
    confirming.remind(december)
    assert OutboxMessage.objects.count() == 2

    place.agency.ended_on = TODAY
    place.agency.save()
    confirming.remind(dt.datetime(2027, 1, 1, 6, tzinfo=dt.UTC))
    assert OutboxMessage.objects.count() == 2


def test_the_link_shows_the_contact_and_its_button_confirms(place, user):
    address, _other = links(remind()[0])
    visitor = Client(enforce_csrf_checks=True)

    seen = visitor.get(address)
    assert "Martina Richter" in seen_in(seen)
    assert confirmed()["koi"] is None  # whoever follows links does not confirm
    token = visitor.cookies["csrf"].value
    answer = visitor.post(address, {"seen": seen.context["seen"], "csrfmiddlewaretoken": token})

    assert "Vielen Dank" in seen_in(answer)
    assert confirmed() == {"koi": TODAY, "kik": None}
    assert place.richter.history.first().history_user == user


def test_only_what_was_shown_is_confirmed(place, user):
    address = links(remind()[0])[0]
    seen = Client().get(address).context["seen"]
    Post.objects.filter(pk=place.richter.pk).update(room="999")
    place.richter.refresh_from_db()
    place.richter.save()

    answer = Client().post(address, {"seen": seen})

    assert "Der Kontakt hat sich inzwischen geändert." in seen_in(answer)
    assert "999" in seen_in(answer)
    assert confirmed()["koi"] is None


@pytest.mark.parametrize("token", ["x", "WzEsMV0:1abc:nope", "a:b", "%00", "W10:1x:y"])
def test_a_link_that_is_not_ours_is_refused(place, token):
    assert Client().get(f"/de/bestaetigen/{token}/").status_code in (404, 410)


def test_a_link_ends_after_two_weeks_and_when_the_editor_leaves(place, user, on_a_monday):
    address = links(remind()[0])[0]
    StaffRole.objects.filter(user=user).delete()
    assert Client().get(address).status_code == 410

    StaffRole.objects.create(user=user, agency=place.agency, role=Role.EDITOR)
    assert Client().get(address).status_code == 200
    on_a_monday.shift(dt.timedelta(days=14, seconds=1))
    answer = Client().post(address, {"seen": ""})
    assert answer.status_code == 410
    assert "Dieser Link gilt nicht mehr" in seen_in(answer)
