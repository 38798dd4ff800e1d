"""Colleagues are invited by one form and leave by one verb, without a word about other agencies."""

import datetime as dt

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from contacts import colleagues
from contacts.models import Person, Publication, StaffRole, Tenure
from contacts.roles import Role, agencies_of
from portal import jobs
from portal.models import OutboxMessage, User
from tests import factories
from tests.contacts.county import county
from tests.contacts.test_admin import log_in, saved, text_of, url
from tests.portal.log_in import enrol
from tests.portal.log_in import log_in as type_password

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)
TODAY = dt.date(2026, 11, 23)
NEW = {"name": "Nora Neu", "email": "nora.neu@example.org"}


@pytest.fixture
def place():
    return county()


@pytest.fixture
def other():
    return factories.agency("Geheime Stelle", factories.district("Landkreis Geheim"))


@pytest.fixture
def boss(place) -> User:
    user = factories.user("boss@example.org", is_staff=True)
    StaffRole.objects.create(user=user, agency=place.agency, role=Role.AGENCY_ADMIN)
    return user


def colleague(*agencies, role: Role = Role.EDITOR, **fields) -> User:
    user = factories.user(is_staff=True, **fields)
    for agency in agencies:
        StaffRole.objects.create(user=user, agency=agency, role=role)
    return user


def mails() -> list[OutboxMessage]:
    return list(OutboxMessage.objects.order_by("pk"))


# Coming -------------------------------------------------------------------------------------------


def test_one_form_makes_an_account_with_roles_and_mails_a_link(place):
    person = Person.objects.create(agency=place.agency, name="Nora Neu")
    client = log_in(place.agency, Role.AGENCY_ADMIN)
    page = client.get(url("staffrole", "add/"))
    assert f'value="{place.agency.pk}" selected' in page.text, "the only agency is chosen"

    data = NEW | {"agency": place.agency.pk, "roles": [Role.EDITOR, Role.COORDINATOR]}
    saved(client.post(url("staffrole", "add/"), data | {"person": person.pk}))

    user = User.objects.get(email=NEW["email"])
    assert (user.name, user.is_staff, user.has_usable_password()) == ("Nora Neu", True, False)
    assert set(user.staff_roles.values_list("role", flat=True)) == {"editor", "coordinator"}
    assert user.person == person
    [mail] = mails()
    assert (mail.recipient, mail.is_secret, mail.owner) == (user.email, True, place.agency.slug)
    assert "/passwort/neu/" in mail.body
    assert "Nora" not in mail.subject


def test_the_form_keeps_what_was_typed_and_says_what_is_missing(place):
    client = log_in(place.agency, Role.AGENCY_ADMIN)

    answer = client.post(url("staffrole", "add/"), NEW | {"agency": place.agency.pk})

    assert answer.status_code == 200
    assert NEW["email"] in answer.text
    assert 'href="#id_roles' in answer.text, "the summary leads to the field"
    assert not User.objects.filter(email=NEW["email"]).exists()


def test_whoever_works_elsewhere_gets_the_role_and_the_form_tells_nothing(place, other, boss):
    there = colleague(other, email="there@example.org", name="Thea Dort")
    client = log_in(place.agency, Role.AGENCY_ADMIN)
    data = {"agency": place.agency.pk, "roles": [Role.EDITOR]}

    known = client.post(
        url("staffrole", "add/"), data | {"name": "X", "email": "There@Example.org"}, follow=True
    )
    new = client.post(
        url("staffrole", "add/"), data | {"name": "X", "email": "neu@example.org"}, follow=True
    )

    said = [str(message) for message in (*known.context["messages"], *new.context["messages"])]
    assert len(set(said)) == 1
    assert "Geheime Stelle" not in known.text
    assert agencies_of(User.objects.get(pk=there.pk)) == {place.agency.pk, other.pk}
    told, invited = mails()
    assert (told.is_secret, invited.is_secret) == (False, True)
    assert str(place.agency) in told.body
    assert "Geheime" not in told.body


def test_an_invitation_is_sent_again_until_it_has_been_taken_up(place, boss):
    client = log_in(place.agency, Role.AGENCY_ADMIN)
    data = NEW | {"agency": place.agency.pk, "roles": [Role.EDITOR]}
    client.post(url("staffrole", "add/"), data)
    row = StaffRole.objects.get(user__email=NEW["email"])
    page = url("staffrole", f"{row.pk}/change/")
    assert url("staffrole", f"{row.pk}/invite/") in text_of(client.get(page))

    client.post(url("staffrole", f"{row.pk}/invite/"))

    first, second = mails()
    assert (first.state, second.is_current) == ("superseded", True)
    row.user.set_password("ein Rabe liest gern Zeitung")
    row.user.save()
    assert "/invite/" not in text_of(client.get(page))


# The account --------------------------------------------------------------------------------------


def test_an_agency_administrator_resets_the_factor_of_their_own_colleagues_only(place, other, boss):
    own = colleague(place.agency)
    shared = colleague(place.agency, other)
    above = colleague(place.agency, is_superuser=True)

    assert colleagues.may_manage_account(boss, own)
    assert not colleagues.may_manage_account(boss, shared)
    assert not colleagues.may_manage_account(boss, above)
    assert not colleagues.may_manage_account(own, own)
    assert colleagues.may_manage_account(above, shared)

    client = log_in(place.agency, Role.AGENCY_ADMIN)
    row = shared.staff_roles.get(agency=place.agency)
    assert client.post(url("staffrole", f"{row.pk}/reset-factor/")).status_code == 403


def test_a_lost_factor_of_a_colleague_is_reset_with_one_post(place, boss):
    own = colleague(place.agency)
    theirs = Client()
    type_password(theirs, own.email, "a long enough password")
    enrol(theirs)
    client = log_in(place.agency, Role.AGENCY_ADMIN)

    client.post(url("staffrole", f"{own.staff_roles.get().pk}/reset-factor/"))

    assert theirs.get("/verwaltung/").status_code == 302
    assert not own.authenticator_set.exists()
    assert own.email in [mail.recipient for mail in mails()]


# Going --------------------------------------------------------------------------------------------


def leave(user: User, place, boss: User, last_day: dt.date | None, now: dt.datetime = NOW) -> None:
    colleagues.offboard(user, place.agency, by=boss, last_day=last_day, now=now)


def test_whoever_leaves_at_once_loses_sessions_roles_account_and_the_name_on_the_card(
    place, boss, caplog
):
    caplog.set_level("INFO", "portal")
    user = colleague(place.agency, name="Karla Kanari")
    Person.objects.filter(pk=place.person.pk).update(user=user)
    theirs = Client()
    theirs.force_login(user)
    [tenure] = Tenure.objects.filter(person=place.person)

    with time_machine.travel(NOW, tick=False):
        page = reverse("contacts:post", args=[tenure.post.slug])
        assert place.person.name in Client().get(page).text
        leave(user, place, boss, None)
        after = Client().get(page).text

    user.refresh_from_db()
    assert place.person.name not in after
    assert tenure.post.phone in after, "the post keeps its number"
    assert not user.is_active
    assert not user.staff_roles.exists()
    assert theirs.get("/verwaltung/").status_code == 302
    assert Publication.objects.filter(published_by=boss).exists(), "it can be taken back"
    assert "role editor" in caplog.text
    assert "Kanari" not in caplog.text


def test_a_last_day_that_lies_ahead_ends_everything_on_the_day_after(place, boss):
    user = colleague(place.agency)
    Person.objects.filter(pk=place.person.pk).update(user=user)
    last = TODAY + dt.timedelta(days=7)

    with time_machine.travel(NOW, tick=False) as clock:
        leave(user, place, boss, last)
        assert agencies_of(User.objects.get(pk=user.pk)) == {place.agency.pk}
        clock.move_to(dt.datetime.combine(last, dt.time(21), dt.UTC))
        assert agencies_of(User.objects.get(pk=user.pk)) == {place.agency.pk}
        assert not jobs.run_now(["last-days"])[0].report
        clock.move_to(dt.datetime.combine(last, dt.time(23, 30), dt.UTC))
        assert agencies_of(User.objects.get(pk=user.pk)) == frozenset(), "before the job has run"
        assert jobs.run_now(["last-days"])[0].report == "1 accounts"

    user.refresh_from_db()
    assert not user.is_active
    assert Tenure.objects.get(person=place.person).valid_until == last


def test_whoever_works_for_another_agency_as_well_keeps_that(place, other, boss):
    user = colleague(place.agency, other)

    leave(user, place, boss, None)

    user.refresh_from_db()
    assert user.is_active
    assert agencies_of(user) == {other.pk}


def test_nobody_ends_their_own_account_and_no_day_of_the_past_is_taken(place, boss):
    user = colleague(place.agency)
    for leaver, day in ((boss, None), (user, TODAY - dt.timedelta(days=1))):
        with pytest.raises(colleagues.ValidationError):
            leave(leaver, place, boss, day)
    assert StaffRole.objects.count() == 2


def test_a_colleague_who_comes_back_begins_anew(place, boss):
    user = colleague(place.agency)
    leave(user, place, boss, None)

    colleagues.invite(
        user.email,
        name="",
        agency=place.agency,
        roles=[Role.EDITOR],
        by=boss,
        site="http://testserver",
        now=NOW,
    )

    user.refresh_from_db()
    assert user.is_active
    assert not user.has_usable_password()
    assert mails()[-1].is_secret


def test_leaving_is_a_page_that_says_what_follows_and_refuses_the_past(place, boss):
    user = colleague(place.agency, name="Lena Leer")
    row = user.staff_roles.get()
    client = log_in(place.agency, Role.AGENCY_ADMIN)
    page = url("staffrole", f"{row.pk}/leave/")
    assert page in text_of(client.get(url("staffrole", f"{row.pk}/change/")))

    refused = client.post(page, {"last_day": "2020-01-01"})
    assert refused.status_code == 200
    assert 'value="2020-01-01"' in refused.text
    saved(client.post(page, {"last_day": ""}))

    user.refresh_from_db()
    assert not user.is_active


def test_a_role_that_is_taken_by_hand_ends_the_account_with_the_last_one(place, boss, caplog):
    caplog.set_level("INFO", "portal")
    user = colleague(place.agency)
    client = log_in(place.agency, Role.AGENCY_ADMIN)

    client.post(url("staffrole", f"{user.staff_roles.get().pk}/delete/"), {"post": "yes"})

    user.refresh_from_db()
    assert not user.is_active
    assert "taken, by account" in caplog.text


def test_an_agency_brings_no_switched_off_superuser_back_as_one(place, boss):
    former = factories.user("former@example.org", is_staff=True, is_superuser=True)
    User.objects.filter(pk=former.pk).update(is_active=False)

    client = Client()
    client.force_login(boss)
    data = NEW | {"email": former.email, "agency": place.agency.pk, "roles": ["editor"]}
    answer = client.post(reverse("admin:contacts_staffrole_add"), data)

    assert answer.status_code == 302
    former.refresh_from_db()
    assert (former.is_active, former.is_superuser) == (True, False)
    assert agencies_of(former) == {place.agency.pk}
