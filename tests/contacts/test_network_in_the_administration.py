"""Keeping the network: a member in few clicks, no address twice, nothing lost, nobody named."""

import datetime as dt

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse

from contacts.models import GroupMember, Organisation, WorkingGroup
from contacts.roles import Role
from tests import factories
from tests.contacts.county import BEFORE_NOON, County, county
from tests.contacts.desk import client_of, staff
from tests.reading import seen_in

pytestmark = pytest.mark.django_db
ADD = reverse("admin:contacts_groupmember_add")
LIST = reverse("admin:contacts_groupmember_changelist")


@pytest.fixture(autouse=True)
def now(time_machine) -> None:
    time_machine.move_to(BEFORE_NOON, tick=False)


@pytest.fixture
def place() -> County:
    return county()


@pytest.fixture
def group(place) -> WorkingGroup:
    return factories.group(place.agency, "AG Sport")


@pytest.fixture
def keeper(place) -> Client:
    return client_of(staff(place, Role.COORDINATOR))


def typed(group: WorkingGroup, **fields) -> dict:
    return {"group": group.pk, "name": "Amal Haddad", "email": "amal@example.org"} | {
        "role": "member",
        **fields,
    }


def test_a_member_is_entered_from_the_group_without_choosing_it(place, group, keeper):
    partner = factories.organisation(place.agency, "Chor Sonne")
    page = keeper.get(reverse("admin:contacts_workinggroup_change", args=[group.pk])).text
    address = f"{ADD}?group={group.pk}&amp;_changelist_filters=group%3D{group.pk}"
    assert f'href="{address}"' in page
    address = address.replace("&amp;", "&")
    assert f'<option value="{group.pk}" selected' in keeper.get(address).text

    saved = keeper.post(address, typed(group, organisation=partner.pk))
    again = keeper.post(address, typed(group, email="b@example.org", _addanother="1"))

    assert saved["Location"] == f"{LIST}?group={group.pk}"
    assert again["Location"] == address
    listed = seen_in(keeper.get(saved["Location"]))
    assert "Amal Haddad Chor Sonne amal@example.org member AG Sport" in listed
    groups = keeper.get(reverse("admin:contacts_workinggroup_changelist")).text
    assert f'href="{LIST}?group={group.pk}">2</a>' in groups


def test_an_address_that_belongs_already_or_is_none_is_told_and_what_was_typed_stays(group, keeper):
    factories.member(group, "amal@example.org", valid_until=dt.date(2020, 1, 1))
    for email, said in (
        ("AMAL@example.org", "This address belongs to the group already."),
        ("amal", "Enter a valid email address."),
        ("", "This field is required."),
        ("\0@example.org", "Null characters are not allowed."),
    ):
        page = keeper.post(ADD, typed(group, email=email))
        assert page.status_code == 200
        assert said in seen_in(page)
        assert 'value="Amal Haddad"' in page.text
    page = keeper.post(ADD, typed(group, valid_from="2026-02-01", valid_until="2026-01-01"))
    assert "errornote" in page.text
    assert GroupMember.objects.count() == 1


def test_a_member_and_its_partner_are_of_the_agency_of_the_group(place, group):
    other = factories.agency("Fremde Stelle")
    abroad = factories.organisation(other, "Fremder Verein")
    user = staff(place, Role.EDITOR)
    user.staff_roles.create(agency=other, role=Role.EDITOR)

    page = client_of(user).post(ADD, typed(group, organisation=abroad.pk))

    assert "This partner belongs to another agency than the group." in seen_in(page)
    page = client_of(staff(place, Role.EDITOR)).post(ADD, typed(group, organisation=abroad.pk))
    assert page.status_code == 200
    assert not GroupMember.objects.exists()


def test_what_still_belongs_together_is_not_deleted(place, group, keeper):
    partner = factories.organisation(place.agency, "Chor Sonne")
    member = factories.member(group, "amal@example.org", organisation=partner)
    delete_partner = reverse("admin:contacts_organisation_delete", args=[partner.pk])
    delete_group = reverse("admin:contacts_workinggroup_delete", args=[group.pk])

    refused = keeper.post(delete_partner, {"post": "yes"})
    assert "Cannot delete partner" in seen_in(refused)
    assert keeper.post(delete_group, {"post": "yes"}).status_code == 403
    keeper.post(reverse("admin:contacts_groupmember_delete", args=[member.pk]), {"post": "yes"})
    keeper.post(delete_partner, {"post": "yes"})
    keeper.post(delete_group, {"post": "yes"})

    assert not Organisation.objects.exists()
    assert not WorkingGroup.objects.exists()


def test_no_list_of_what_staff_have_done_names_a_member(group, keeper):
    keeper.post(ADD, typed(group))
    member = GroupMember.objects.get()
    change = reverse("admin:contacts_groupmember_change", args=[member.pk])
    seen = keeper.get(change).context["adminform"].form["seen"].value()
    keeper.post(change, typed(group, name="Amal H.", seen=seen))
    keeper.post(reverse("admin:contacts_groupmember_delete", args=[member.pk]), {"post": "yes"})

    assert not GroupMember.objects.exists()
    assert set(LogEntry.objects.values_list("object_repr", flat=True)) == {"AG Sport"}
    assert not LogEntry.objects.filter(change_message__contains="Amal").exists()
    assert LogEntry.objects.count() == 3


def test_a_partner_gets_its_address_by_name_and_is_public_only_by_choice(place, keeper):
    add = reverse("admin:contacts_organisation_add")
    values = {"name": "Chor Sonne", "kind": "volunteers", "agency": place.agency.pk}

    keeper.post(add, values | {"slug": "chor-sonne", "summary": "Singt"})

    assert "Chor Sonne" not in Client().get("/en/netzwerk/").text
    partner = Organisation.objects.get()
    change = reverse("admin:contacts_organisation_change", args=[partner.pk])
    seen = keeper.get(change).context["adminform"].form["seen"].value()
    keeper.post(change, values | {"summary": "Singt", "is_listed": "on", "seen": seen})
    assert "Chor Sonne" in Client().get("/en/netzwerk/").text
    twice = keeper.post(add, values | {"slug": "chor-sonne"})
    assert twice.status_code == 200
    assert 'value="Chor Sonne"' in twice.text
    saved = keeper.get(reverse("admin:contacts_organisation_export", args=["csv"]))
    assert "Chor Sonne" in saved.content.decode("utf-8-sig")


@pytest.mark.parametrize("language", ["xx", "null", "../de", "9" * 5000, "a\0b"])
def test_a_language_that_the_site_does_not_have_is_not_found(group, keeper, language):
    for address in (
        reverse("admin:contacts_workinggroup_add"),
        reverse("admin:contacts_workinggroup_change", args=[group.pk]),
    ):
        for method in (keeper.get, keeper.post):
            answer = method(address, query_params={"language": language})
            assert answer.status_code == 404
    assert keeper.get(address, {"language": "en"}).status_code == 200
