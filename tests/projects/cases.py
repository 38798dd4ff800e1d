"""A complete application in the example county, as somebody would type it."""

import copy
import datetime as dt
import uuid

from contacts.roles import Role
from contacts.snapshot import latest
from portal import clock
from portal.models import User
from projects import budget, drafts, workflow
from projects.models import Application, Budget, Call, LedgerEntry, Proposal
from projects.sections import BY_SLUG
from projects.states import CallState
from projects.terms import CheckKey
from projects.workflow import Wanted
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


# Decided ------------------------------------------------------------------------------------------

APPLIED = (25_500, 24_500)  # the lines of costs in `TYPED`, in cents


def money_for(call: Call, cents: int = 1_000_000, *, now=NOW) -> Budget:
    """The budget of `call`, with `cents` allocated and released."""
    by = factories.staff(call.programme.agency, Role.AGENCY_ADMIN)
    pot = budget.open_budget(call.programme, call.budget_year, by=by)
    for kind in (LedgerEntry.Kind.ALLOCATION, LedgerEntry.Kind.RELEASE):
        budget.enter(pot, kind, cents, note="Bescheid des Landes", by=by, now=now)
    return pot


def in_review(
    call: Call, by: User, caseworker: User, content: dict = TYPED, *, now=NOW
) -> Application:
    application = submitted(call, by, content, now=now)
    workflow.take(application, by=caseworker, now=now)
    return Application.objects.get(pk=application.pk)


def wanted(amount_cents: int = 45_000, *, lines=APPLIED, **fields) -> Wanted:
    """A grant of what was applied for, or of another amount; `lines` is what is recognised."""
    fields = {
        "kind": Proposal.Kind.GRANT,
        "reason": "Das Vorhaben bringt Menschen zusammen.",
        "amount_cents": amount_cents,
        "lines": [{"approved_cents": cents, "note": ""} for cents in lines],
        "checklist": CheckKey.values,
    } | fields
    return Wanted(**fields)


REFUSAL = Wanted(kind=Proposal.Kind.REFUSAL, reason="Das Vorhaben liegt außerhalb des Zwecks.")


def proposed(
    call: Call,
    by: User,
    caseworker: User,
    what: Wanted | None = None,
    *,
    content: dict = TYPED,
    now=NOW,
) -> Application:
    application = in_review(call, by, caseworker, content, now=now)
    workflow.propose(application, what or wanted(), version=1, by=caseworker, now=now)
    return Application.objects.get(pk=application.pk)


def decided(application: Application, decider: User, *, now=NOW) -> Application:
    """As it is proposed: granted or refused."""
    proposal = application.proposals.get(settled_at=None)
    verb = workflow.approve if proposal.kind == Proposal.Kind.GRANT else workflow.reject
    verb(application, proposal=proposal.pk, by=decider, now=now)
    return Application.objects.get(pk=application.pk)


def granted(
    call: Call, by: User, caseworker: User, decider: User, what: Wanted | None = None, *, now=NOW
) -> Application:
    """An application with its grant; the budget has to be there (`money_for`)."""
    return decided(proposed(call, by, caseworker, what, now=now), decider, now=now)
