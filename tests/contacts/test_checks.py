from datetime import date

import pytest
from django.core.checks import run_checks

from contacts.models import LegalDetails
from tests import factories


def findings(about: str = "contacts.W001") -> list[str]:
    """What `check --deploy --database default` says under this id."""
    messages = run_checks(include_deployment_checks=True, databases=["default"])
    return [str(message.msg) for message in messages if message.id == about]


@pytest.mark.django_db
def test_the_missing_legal_details_of_each_agency_are_named():
    bare = factories.agency()
    filled = factories.agency()
    complete = dict.fromkeys(LegalDetails.REQUIRED, "x") | {"statement_on": date(2026, 1, 1)}
    LegalDetails.objects.create(agency=filled, **complete | {"representative": ""})
    bare_finding, filled_finding = sorted(findings(), key=len, reverse=True)
    assert f"Agency {bare.slug}" in bare_finding
    assert "body_name" in bare_finding
    assert filled_finding == f"Agency {filled.slug}: legal details are missing: representative."


@pytest.mark.django_db
def test_complete_legal_details_are_not_mentioned():
    complete = dict.fromkeys(LegalDetails.REQUIRED, "x") | {"statement_on": date(2026, 1, 1)}
    LegalDetails.objects.create(agency=factories.agency(), **complete)
    assert findings() == []


@pytest.mark.django_db
def test_an_agency_that_nobody_can_answer_is_named():
    mute = factories.agency(email="", phone="03433 1000")
    factories.agency(email="office@example.org")

    [finding] = findings("contacts.W002")

    assert f"Agency {mute.slug} has no e-mail address" in finding
