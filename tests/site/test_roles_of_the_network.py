"""Who keeps the network of an agency: its partners, its groups, and who belongs to them."""

import pytest
from django.urls import reverse

from contacts.models import Agency
from tests import factories
from tests.contacts.county import county
from tests.site.access import (
    KEEP_THE_NETWORK,
    NETWORK,
    OF_NO_ROW,
    OF_THE_NETWORK,
    Level,
    of_class,
)
from tests.site.test_roles import ask, people

pytestmark = pytest.mark.django_db
CHANGES = ("add", "delete", "delete_translation")


def rows_of(agency: Agency) -> dict[str, int]:
    """By model; the group with a member is another one, since it cannot be deleted."""
    member = factories.member(factories.group(agency), "amal@example.org")
    partner, group = factories.organisation(agency), factories.group(agency)
    return {"organisation": partner.pk, "workinggroup": group.pk, "groupmember": member.pk}


def test_each_role_gets_the_network_of_its_own_agency_and_no_other():
    place = county()
    own, foreign = rows_of(place.agency), rows_of(factories.agency("Fremde Stelle"))
    wrong = []
    for who, level, client in people(place.agency.pk):
        for route in of_class("network"):
            match = OF_THE_NETWORK.fullmatch(route.name)
            model, verb = match["model"], match["verb"]
            for rows in (own, foreign):
                answer = ask(client, address(route.name, model, verb, rows))
                is_open = who in (KEEP_THE_NETWORK if verb in CHANGES else NETWORK[model])
                is_open &= rows is own or who == "superuser" or verb in OF_NO_ROW
                expected = {200} if is_open else {403, 404}
                if verb == "restore":
                    expected = {405}
                if level is Level.VISITOR:
                    expected = {401}
                if answer not in expected:
                    wrong.append((who, model, verb, "own" if rows is own else "foreign", answer))
    assert wrong == []


def address(name: str, model: str, verb: str, rows: dict[str, int]) -> str:
    if verb in OF_NO_ROW:
        return reverse(name, args=OF_NO_ROW[verb])
    more = {"delete_translation": ["de"], "restore": [model, 1]}
    return reverse(name, args=[rows[model], *more.get(verb, [])])


def test_no_list_and_no_choice_holds_a_row_of_another_agency():
    place = county()
    own, foreign = rows_of(place.agency), rows_of(factories.agency("Fremde Stelle"))
    for who, _level, client in people(place.agency.pk):
        for model, readers in NETWORK.items():
            if who in readers and who != "superuser":
                page = client.get(reverse(f"admin:contacts_{model}_changelist"))
                listed = {row.pk for row in page.context["cl"].queryset}
                assert own[model] in listed, (who, model)
                assert foreign[model] not in listed, (who, model)
    client = next(c for who, _level, c in people(place.agency.pk) if who == "coordinator")
    form = client.get(reverse("admin:contacts_groupmember_add")).context["adminform"].form
    groups = {group.pk for group in form.fields["group"].queryset}
    assert own["workinggroup"] in groups
    assert foreign["workinggroup"] not in groups
