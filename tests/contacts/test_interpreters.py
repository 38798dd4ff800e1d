"""Who sees interpreters and their talks: the desk of the pool, the administration, nobody else."""

import json
import zipfile

import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import translation

from contacts.interpreting import assigning, members, statistics
from contacts.models import Assignment, Interpreter, StaffRole
from contacts.models.interpreters import pools_run_by
from contacts.roles import Role
from portal import my_data, privacy
from portal.models import OutboxMessage
from tests import factories
from tests.contacts import desk, pools
from tests.portal.entering import entered

pytestmark = pytest.mark.django_db
MOMENT = {"now": pools.NOW}


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(pools.NOW, tick=False), translation.override("en"):
        yield


@pytest.fixture
def world() -> pools.World:
    return pools.world()


def ask(world, enquiry=None, **fields):
    found = enquiry or pools.enquiry(world)
    fields = {"language": "ti", "day": pools.TALK, "by": world.keeper, **MOMENT, **fields}
    return assigning.ask(found, world.saba, **fields)


def seen_by(user) -> list[int]:
    return [model.objects.visible_to(user).count() for model in (Interpreter, Assignment)]


def test_the_desk_and_the_administration_see_everything_of_their_pool(world):
    ask(world)
    boss = factories.user(is_staff=True, is_superuser=True)

    for user in (world.keeper, world.admin, boss):
        assert seen_by(user) == [2, 1]
        assert list(pools_run_by(user)) == [world.pool]


def test_nobody_else_sees_who_interprets(world):
    ask(world)
    other = factories.agency("Fremde Stelle", factories.district("Landkreis Fremd"))
    foreign_post = factories.post(other)
    factories.holder(foreign_post, "Fremd")
    factories.pool(foreign_post)
    foreign_admin = factories.user(is_staff=True)
    StaffRole.objects.create(user=foreign_admin, agency=other, role=Role.AGENCY_ADMIN)
    roles = [role for role in Role if role != Role.AGENCY_ADMIN]
    others = [desk.staff(world.place, role) for role in roles]  # coordinators without a post, too
    others += [world.richter, desk.coordinator(foreign_post, "Fremd"), foreign_admin]
    others += [factories.user(is_staff=True), factories.user("saba@example.org"), AnonymousUser()]

    assert [seen_by(user) for user in others] == [[0, 0]] * len(others)
    for user in (world.keeper, world.admin, factories.user(is_staff=True, is_superuser=True)):
        user.is_active = False
        user.save()
        assert seen_by(type(user).objects.get(pk=user.pk)) == [0, 0]


def test_whoever_stands_in_for_the_desk_sees_the_pool_for_that_time(world):
    person = world.post.tenures.get().person
    person.absences.create(
        valid_from="2026-11-20", valid_until="2026-11-27", stand_in=world.place.richter
    )

    assert seen_by(world.richter) == [2, 0]
    with time_machine.travel(pools.AT_THE_TALK, tick=False):
        assert seen_by(world.richter) == [0, 0]


def test_no_public_page_names_an_interpreter_and_no_mail_of_the_agency_lists_one(world):
    asked = ask(world)
    assigning.confirm(asked, by=world.keeper, **MOMENT)
    enquiry = asked.enquiry

    texts = [
        Client().get(f"/de/{path}").text
        for path in (
            "sprachmittlung/",
            "sprachmittlung/pool/",
            "themen/interpreting/",
            "stellen/landkreis-leipzig/",
            "anfrage/sprachmittlung/",
            "suche/?q=Saba",
        )
    ]
    texts.append(entered(enquiry.email).get(f"/en/anfrage/{enquiry.uuid}/").text)
    texts += [mail.body + mail.subject for mail in OutboxMessage.objects.all()]

    assert not [text for text in texts if "Kidane" in text or "saba@example.org" in text]
    shown_to_staff = OutboxMessage.objects.exclude(owner="").values_list("recipient", flat=True)
    assert "saba@example.org" not in shown_to_staff


def test_whoever_is_needed_is_not_deleted_and_later_leaves_only_numbers(world):
    asked = ask(world)
    with pytest.raises(ValidationError, match="Settle that first"):
        members.remove(world.saba, by=world.keeper)
    with pytest.raises(ValidationError, match="does not belong"):
        members.remove(world.yonas, by=world.richter)

    assigning.confirm(asked, by=world.keeper, **MOMENT)
    assigning.done(asked, by=world.keeper, now=pools.AT_THE_TALK)
    members.remove(world.saba, by=world.keeper)

    assert Assignment.objects.get().interpreter is None
    assert not OutboxMessage.objects.filter(recipient="saba@example.org").exists()
    assert statistics.numbers([world.pool], 2026)[0].found == 1


def test_the_languages_of_a_pool_are_those_of_its_interpreters_at_work(world):
    factories.interpreter(world.pool, languages=["fa"], is_active=False)

    assert set(members.languages_at_work(world.pool)) == {"ti", "am"}


# Their own data -----------------------------------------------------------------------------------


def test_an_interpreter_gets_a_copy_and_is_erased_and_the_sender_hears_of_it(world):
    asked = ask(world)
    assigning.confirm(asked, by=world.keeper, **MOMENT)
    user = factories.user("saba@example.org")
    with my_data.write(user, now=pools.NOW) as stream:
        data = json.loads(zipfile.ZipFile(stream).read("data.json"))["interpreting"]
    assert data[0]["name"] == "Saba Kidane"
    assert [talk["day"] for talk in data[0]["talks"]] == ["2026-12-01"]
    assert "Yonas" not in json.dumps(data)

    privacy.erase(user, now=pools.NOW)

    assert not Interpreter.objects.filter(name="Saba Kidane").exists()
    row = Assignment.objects.select_related("enquiry").get()
    assert (row.state, row.interpreter, row.enquiry.state) == ("declined", None, "open")
    told = set(OutboxMessage.objects.values_list("recipient", flat=True))
    assert {"amal@example.org", world.keeper.email} <= told
    assert "saba@example.org" not in told


def test_the_end_of_an_enquiry_of_theirs_leaves_an_interpreter_in_the_pool(world):
    asked = ask(world)
    assigning.confirm(asked, by=world.keeper, **MOMENT)
    user = factories.user("saba@example.org")

    assert not privacy.forget_unused(user, now=pools.NOW)

    world.saba.refresh_from_db()
    asked.refresh_from_db()
    assert (asked.interpreter, asked.state) == (world.saba, "confirmed")


def test_a_new_address_of_the_account_is_that_of_the_interpreter(world):
    user = factories.user("new@example.org")

    privacy.take_along(user, former="saba@example.org")

    world.saba.refresh_from_db()
    assert world.saba.email == "new@example.org"


def test_the_desk_of_a_pool_is_a_post_of_its_own_agency(world):
    foreign = factories.post(factories.agency("Ihre Stelle"))
    world.pool.post = foreign

    with pytest.raises(ValidationError, match="another agency"):
        world.pool.full_clean()
