"""Programmes, rule sets and calls for tests; every factory fills in what does not matter."""

import datetime as dt

from contacts.models import Agency, StaffRole
from contacts.roles import Role
from portal.models import User
from projects.models import (
    Application,
    Call,
    CallTranslation,
    Contributor,
    CostCategory,
    Declaration,
    FundedProject,
    MeasureType,
    Programme,
    RuleSet,
)
from projects.states import CallState
from projects.terms import CostKind, DeclarationKey, MeasureKind
from tests import factories

NOW = dt.datetime(2026, 5, 4, 8, 0, tzinfo=dt.UTC)  # a Monday, 10:00 in Berlin
OPENS = dt.datetime(2026, 1, 1, 23, 0, tzinfo=dt.UTC)  # 2 January
CLOSES = dt.datetime(2026, 11, 2, 23, 0, tzinfo=dt.UTC)  # the end of 2 November
CEILINGS = {
    MeasureKind.LANGUAGE_COURSE: 100_000,
    MeasureKind.MEETING: 500_000,
    MeasureKind.EXCURSION: 500_000,
}
COSTS = {CostKind.FEES: None, CostKind.MATERIAL: None, CostKind.RENT: 100_000}


def programme(agency: Agency | None = None, **fields) -> Programme:
    fields = {
        "slug": f"mikroprojekte-{factories.number()}",
        "name": "Mikroprojekte",
        "summary": "Kleine Projekte von Ehrenamtlichen.",
        "examples": "Sprachcafé\nAusflug",
        "email": "mikroprojekte@example.org",
    } | fields
    return Programme.objects.language("de").create(agency=agency or factories.agency(), **fields)


def rule_set(
    of: Programme | None = None,
    *,
    ceilings=CEILINGS,
    costs=COSTS,
    declarations=(DeclarationKey.TRUE, DeclarationKey.PRIVACY),
    **fields,
) -> RuleSet:
    """The next version of the programme's rules, with declarations in German and English."""
    of = of or programme()
    fields = {
        "version": of.rule_sets.count() + 1,
        "created_at": OPENS,
        "authority": "Landratsamt Landkreis Leipzig\nStauffenbergstraße 4\n04552 Borna",
        "repayment_account": "Kreiskasse\nDE02 1203 0000 0000 2020 51",
    } | fields
    created = RuleSet.objects.create(programme=of, **fields)
    for kind, cents in ceilings.items():
        MeasureType.objects.create(rule_set=created, kind=kind, ceiling_cents=cents)
    for kind, cents in costs.items():
        CostCategory.objects.create(rule_set=created, kind=kind, ceiling_cents=cents)
    for key in declarations:
        for language, text in (("de", f"Ich erkläre: {key}."), ("en", f"I declare: {key}.")):
            Declaration.objects.create(rule_set=created, key=key, language=language, text=text)
    return created


def call(
    rules: RuleSet | None = None,
    *,
    state: str = CallState.OPEN,
    reason: str = "",
    english: str = "",
    **fields,
) -> Call:
    """A call that is open on `NOW`; `reason` is that of a pause, `english` a title in English."""
    fields = {
        "slug": f"aufruf-{factories.number()}",
        "budget_year": 2026,
        "state_since": OPENS,
        "opens_at": OPENS,
        "closes_at": CLOSES,
        "measures_from": dt.date(2026, 1, 1),
        "measures_until": dt.date(2026, 12, 31),
        "title": "Mikroprojekte 2026",
        "pause_reason": reason,
    } | fields
    rules = rules or rule_set()
    created = Call.objects.language("de").create(rule_set=rules, state=state, **fields)
    if english:
        CallTranslation.objects.create(master=created, language_code="en", title=english)
    return created


def funded(of: Call, **fields) -> FundedProject:
    """A line of the public register."""
    fields = {
        "title": "Sprachcafé",
        "year": of.budget_year,
        "measure_kind": MeasureKind.MEETING,
        "amount_cents": 45_000,
        "granted_on": NOW.date(),
    } | fields
    programme = of.programme
    return FundedProject.objects.create(agency=programme.agency, programme=programme, **fields)


def staff(of: Agency, role: Role = Role.AGENCY_ADMIN) -> User:
    """Somebody who works for the agency `of`."""
    user = factories.user(is_staff=True)
    StaffRole.objects.create(user=user, agency=of, role=role)
    return user


def draft(of: Call, owner: User | None = None, **fields) -> Application:
    """An application that has been begun; with `owner`, somebody's own."""
    fields = {
        "reference": f"MP-{factories.number():04}-0000",
        "language": "de",
        "created_at": NOW,
        "saved_at": NOW,
        "changed_at": NOW,
    } | fields
    created = Application.objects.create(
        call=of, rule_set=of.rule_set, agency=of.programme.agency, **fields
    )
    if owner:
        Contributor.objects.create(
            application=created, user=owner, role=Contributor.Role.OWNER, joined_at=NOW
        )
    return created
