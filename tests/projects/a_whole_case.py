"""An application that has just come in, the people who work on it, and how it stands; as JSON."""

import json

from django.conf import settings
from django.test import Client
from django.urls import reverse

from contacts.models import Agency
from contacts.roles import Role
from portal import clock
from projects import budget
from projects.models import Application, Declaration, Grant
from projects.terms import DeclarationKey
from projects.workflow import turning
from tests import factories
from tests.portal.entering import entered
from tests.projects import cases, every_page
from tests.projects import factories as funding

EMAIL = "amal@example.org"


def made() -> str:
    """Addresses of the case for applicant and desk, and a session for each person."""
    now = clock.now()
    agency = Agency.objects.get(slug="landkreis-leipzig")
    call = every_page.open_call(agency, now)
    text = "Ich möchte Briefe im Portal bekommen."
    Declaration.objects.create(
        rule_set=call.rule_set, key=DeclarationKey.ELECTRONIC, language="de", text=text
    )
    cases.money_for(call, now=now)
    typed = every_page.content(now)
    typed["erklaerungen"] |= {"electronic": ["on"]}
    typed["ort-und-zeit"] |= {"starts_on": [clock.today(now).isoformat()]}
    typed["ort-und-zeit"] |= {"ends_on": [clock.today(now).isoformat()]}
    case = cases.submitted(call, factories.user(EMAIL), typed, now=now)
    sessions = {"applicant": _key(entered(EMAIL))}
    for role in (Role.CASEWORKER, Role.DECIDER, Role.FINANCE):
        client = Client()
        client.force_login(funding.staff(agency, role), backend="portal.auth.StaffBackend")
        sessions[str(role)] = _key(client)
    return json.dumps(
        {
            "case": reverse("projects:application", args=[case.uuid]),
            "desk": reverse("admin:projects_application_change", args=[case.pk]),
            "cookie": settings.SESSION_COOKIE_NAME,
            "sessions": sessions,
        }
    )


def _key(client: Client) -> str:
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def standing() -> str:
    """State of application and grant; cents committed, paid and free."""
    case = Application.objects.get(contributors__user__email=EMAIL)
    grant = Grant.objects.filter(application=case).first()
    sums = budget.sums_of(budget.budget_of(case.call))
    return json.dumps(
        [case.state, grant.state if grant else None, sums.committed, sums.paid, sums.free]
    )


def turn() -> None:
    turning.run(clock.now())
