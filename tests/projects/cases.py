"""A complete application in the example county, as somebody would type it."""

import copy
import datetime as dt
import uuid

from contacts.snapshot import latest
from portal import clock
from portal.models import User
from projects import drafts, workflow
from projects.models import Application, Call
from projects.sections import BY_SLUG
from projects.states import CallState
from tests.projects import factories

NOW = factories.NOW
ON = clock.today(NOW)

TYPED = {
    "vorhaben": {
        "title": ["Sprachcafé am Markt"],
        "applicant_type": ["private"],
        "measure_kind": ["meeting"],
        "funding_area": ["language"],
        "summary": ["Wir treffen uns samstags zum Reden."],
    },
    "antragstellende": {
        "name": ["Amal Haddad"],
        "street": ["Markt 3"],
        "postal_code": ["04668"],
        "town": ["Grimma"],
        "phone": ["03437 123456"],
    },
    "ort-und-zeit": {
        "starts_on": ["2026-09-05"],
        "ends_on": ["2026-09-05"],
        "places": [{"place": ["Grimma"]}],
    },
    "inhalt": {
        "content": ["Kaffee, Kuchen und Gespräche auf Deutsch."],
        "participants": ["20"],
        "with_migration": ["12"],
    },
    "kosten": {
        "costs": [
            {
                "kind": ["material"],
                "description": ["Kaffee und Kuchen"],
                "quantity": ["10"],
                "unit": ["Treffen"],
                "price": ["25,50"],
            },
            {"kind": ["rent"], "description": ["Saal"], "quantity": [""], "price": ["245"]},
        ]
    },
    "finanzierung": {
        "requested_cents": ["450,00"],
        "income": [{"kind": ["own"], "description": [""], "amount": ["50"]}],
    },
    "erklaerungen": {"true": ["on"], "privacy": ["on"]},
}


def typed(**sections) -> dict:
    """A copy of `TYPED`, with some fields of some sections changed."""
    changed = copy.deepcopy(TYPED)
    for slug, fields in sections.items():
        changed[slug.replace("_", "-")] |= fields
    return changed


def moment(by: User, now: dt.datetime = NOW) -> dict:
    return {"by": by, "now": now, "on": clock.today(now), "snapshot": latest()}


def open_call(agency, **fields) -> Call:
    programme = factories.programme(agency)
    rules = factories.rule_set(programme)
    return factories.call(rules, state=CallState.OPEN, **fields)


def draft(call: Call, by: User, content: dict = TYPED, *, now=NOW, language="de") -> Application:
    """An application with everything in `content` typed into it."""
    begun = drafts.begin(call, content["vorhaben"], language=language, **moment(by, now))
    for slug, raw in content.items():
        if slug != "vorhaben":
            drafts.save(begun, BY_SLUG[slug], raw, revision=0, **moment(by, now))
    return Application.objects.get(pk=begun.pk)


def submitted(call: Call, by: User, content: dict = TYPED, *, now=NOW) -> Application:
    application = draft(call, by, content, now=now)
    workflow.submit(application, key=uuid.uuid4(), **moment(by, now))
    return Application.objects.get(pk=application.pk)


def twice_sent(
    call: Call, by: User, caseworker: User, content: dict = TYPED, *, now=NOW
) -> Application:
    """One whose costs were asked for and changed: two versions, in review."""
    application = submitted(call, by, content, now=now)
    workflow.take(application, by=caseworker, now=now)
    workflow.request_changes(
        application,
        sections=["kosten", "finanzierung"],
        text="Was kostet der Saal?",
        due_on=clock.today(now) + dt.timedelta(days=14),
        by=caseworker,
        now=now,
        on=clock.today(now),
    )
    costs = typed()["kosten"]
    costs["costs"][1]["description"] = ["Saal am Markt"]
    drafts.save(application, BY_SLUG["kosten"], costs, revision=1, **moment(by, now))
    workflow.submit(application, key=uuid.uuid4(), **moment(by, now))
    return Application.objects.get(pk=application.pk)
