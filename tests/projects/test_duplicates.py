"""The hint at cases that may be the same."""

import pytest
import time_machine
from django.test import Client

from contacts.roles import Role
from projects import duplicates
from projects.models import Application
from tests import factories
from tests.projects import cases, grants
from tests.projects import factories as funding
from tests.reading import seen_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


@pytest.fixture(autouse=True)
def at_the_time():
    with time_machine.travel(cases.NOW, tick=False):
        yield


def changed(case: Application, **columns) -> Application:
    Application.objects.filter(pk=case.pk).update(**columns)
    case.refresh_from_db()
    return case


def test_a_case_names_others_of_the_same_applicant_or_project_with_the_reason(place):
    call, amal = cases.open_call(place.agency), factories.user()
    desk = funding.staff(place.agency, Role.CASEWORKER)
    other = factories.agency("Fremde Stelle", factories.district("Landkreis Fremd"))
    one = changed(cases.submitted(call, amal), applicant_name="Jürgen Müller-Öz")
    same = changed(cases.submitted(call, amal), applicant_name="MUELLER-OEZ, Juergen", title="X")
    project = changed(
        cases.submitted(call, amal), applicant_name="Verein", title="Sprach-Café am Markt"
    )
    changed(cases.submitted(call, amal), applicant_name="Erika Müller", title="Ausflug")
    changed(cases.draft(call, amal), applicant_name="Jürgen Müller-Öz")
    foreign = cases.submitted(cases.open_call(other), amal)
    changed(foreign, applicant_name="Jürgen Müller-Öz")

    found = {each.case.pk: each.reasons for each in duplicates.of(one, user=desk)}

    assert found == {
        same.pk: ["same applicant"],
        project.pk: ["same place and days, similar title"],
    }
    client = Client(headers={"accept-language": "en"})
    client.force_login(desk, backend="portal.auth.StaffBackend")
    page = client.get(f"/verwaltung/projects/application/{one.pk}/change/")
    assert f"{same.reference} : X (Submitted" in seen_in(page)
    assert foreign.reference not in page.text


def test_the_same_account_is_noticed_and_an_empty_name_is_nobody(place):
    one = grants.final_in(place.agency)
    two = grants.final_in(place.agency, call=one.case.call)
    one.ask()
    two.ask()
    for found in (one, two):
        changed(found.case, applicant_name="", title=str(found.pk))

    assert [(each.case.pk, each.reasons) for each in duplicates.of(one.case, user=one.anna)] == [
        (two.pk, ["same account"])
    ]
