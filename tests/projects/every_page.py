"""A case in every state, and the address of every page that applicants and the office see of it."""

import datetime as dt
import json
from dataclasses import dataclass, field, replace

from django.conf import settings
from django.test import Client
from django.urls import reverse

from contacts.models import Agency
from contacts.roles import Role
from portal import clock
from portal.models import User
from projects import attachments, drafts, sharing, workflow
from projects.models import Application, Attachment, Call, TextBlock
from projects.sections import BY_SLUG
from projects.states import CallState
from projects.terms import ApplicantType, Channel
from projects.workflow import objecting
from tests import factories
from tests.portal import uploading
from tests.portal.entering import entered
from tests.projects import cases, every_grant_page, every_proof_page
from tests.projects import factories as funding

EMAIL = "amal@example.org"
# What people are called and write: long words, other scripts, from right to left.
LONG = "Bewohnerschaftsmitgestaltungsnachmittagsveranstaltungsreihenauftakt"
TITLE = f"{LONG} مهرجان 🎉"
TEXT = f"Wo findet es statt? مهرجان الجيران\n\n{LONG * 3}\n<b>Danke</b> & Gruß"


@dataclass
class Pages:
    """Addresses by what stands there: of the applicant `EMAIL`, and of the office (`desk`)."""

    desk: User
    of_applicant: dict[str, str] = field(default_factory=dict)
    of_office: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, route: str, case: Application, *arguments, query: str = "") -> None:
        address = reverse(f"projects:{route}", args=[case.uuid, *arguments])
        self.of_applicant[name] = address + query

    def add_office(self, name: str, route: str, case: Application, *arguments) -> None:
        route = f"admin:projects_application_{route}"
        self.of_office[name] = reverse(route, args=[case.pk, *arguments])


def open_call(agency: Agency, now: dt.datetime) -> Call:
    """A call that is open at the instant `now`, for measures of the year from then on."""
    day = clock.today(now)
    rules = funding.rule_set(funding.programme(agency), partner_types=[ApplicantType.ASSOCIATION])
    return funding.call(
        rules,
        opens_at=now - dt.timedelta(days=30),
        closes_at=now + dt.timedelta(days=60),
        measures_from=day,
        measures_until=day + dt.timedelta(days=365),
    )


def content(now: dt.datetime, **sections) -> dict:
    """What is typed into a complete application; the measure is a fortnight away."""
    day = (clock.today(now) + dt.timedelta(days=14)).isoformat()
    changed = cases.typed(**sections)
    changed["ort-und-zeit"] |= {"starts_on": [day], "ends_on": [day]}
    return changed


def make(agency: Agency, now: dt.datetime) -> Pages:
    """Cases of `agency` in every state, begun and sent at the instant `now`."""
    amal = User.objects.of_address(EMAIL) or factories.user(EMAIL)
    desk = funding.staff(agency, Role.CASEWORKER)
    for role in (Role.DECIDER, Role.FINANCE):
        desk.staff_roles.create(agency=agency, role=role)
    found = Pages(desk)
    found.of_applicant["list"] = reverse("projects:own_applications")
    found.of_applicant["calendar"] = reverse("projects:calendar")
    found.of_office["calendar"] = reverse("admin:projects_application_calendar")
    found.of_office["queue"] = reverse("admin:projects_application_changelist")
    call = open_call(agency, now)
    _drafts(found, call, amal, now)
    _sent(found, call, amal, desk, now)
    _paper(found, call, desk, now)
    _decided(found, call, amal, agency, now)
    typed = content(now, vorhaben={"title": [TITLE]})
    every_grant_page.add(found, agency, call, typed, now)
    every_proof_page.add(found, agency, call, typed, now)
    return found


def written_for_a_browser() -> str:
    """Make the pages in the database of a demo, at this instant; as JSON with two sessions."""
    made = make(Agency.objects.get(slug="landkreis-leipzig"), clock.now())
    desk = Client()
    desk.force_login(made.desk, backend="portal.auth.StaffBackend")
    sessions = {"applicant": entered(EMAIL), "desk": desk}
    return json.dumps(
        {
            "applicant": made.of_applicant,
            "office": made.of_office,
            "cookie": settings.SESSION_COOKIE_NAME,
            "sessions": {
                who: client.cookies[settings.SESSION_COOKIE_NAME].value
                for who, client in sessions.items()
            },
        }
    )


def _drafts(found: Pages, call: Call, amal: User, now: dt.datetime) -> None:
    whole = cases.draft(call, amal, content(now), now=now)
    file = _file(whole, amal, now)
    sharing.invite(whole, f"{'x' * 40}@example.org", by=amal, now=now)
    found.add("tasks", "application", whole)
    for section in BY_SLUG.values():
        if section.slug in cases.TYPED:
            found.add(f"section {section.slug}", "section", whole, section.slug)
    for name in ("attachments", "check", "people", "copy", "delete", "precheck"):
        found.add(name, name, whole)
    found.add("remove a file", "attachment_remove", whole, file.uuid)
    wrong = cases.typed(
        vorhaben={
            "title": [TITLE],
            "applicant_type": ["association"],
            "measure_kind": ["language-course"],
        },
        finanzierung={"requested_cents": ["1,234"]},
        kosten={"costs": [{"description": [LONG], "price": ["5.000,00"], "quantity": ["x"]}]},
        inhalt={"participants": ["-3"], "content": [TEXT * 40]},
    )
    broken = cases.draft(call, amal, wrong, now=now)
    found.add("tasks with trouble", "application", broken)
    for section in BY_SLUG.values():
        name = f"section {section.slug} with errors"
        found.add(name, "section", broken, section.slug, query="?fehlt=1")
    found.add("check with trouble", "check", broken)
    over = open_call(call.programme.agency, now)
    late = cases.draft(over, amal, content(now), now=now)
    Call.objects.filter(pk=over.pk).update(state=CallState.CLOSED, closes_at=now)
    found.add("tasks too late", "application", late)
    found.add("check too late", "check", late)


def _file(case: Application, by: User, now: dt.datetime) -> Attachment:
    pdf = uploading.upload(f"{LONG}.pdf", uploading.pdf_bytes())
    return attachments.add(case, [pdf], by=by, now=now).kept[0]


def _sent(found: Pages, call: Call, amal: User, desk: User, now: dt.datetime) -> None:
    shown = cases.draft(call, amal, content(now), now=now)
    workflow.ask_precheck(shown, by=amal, now=now)
    found.add("preliminary check", "application", shown)
    found.add_office("case of a preliminary check", "change", shown)

    sent = cases.submitted(call, amal, content(now, vorhaben={"title": [TITLE]}), now=now)
    found.add("submitted", "application", sent)
    found.add("receipt", "receipt", sent)
    found.add("withdraw", "withdraw", sent)
    found.add_office("new case", "change", sent)
    found.add_office("history", "history", sent)

    asked = cases.submitted(call, amal, content(now), now=now)
    workflow.take(asked, by=desk, now=now)
    workflow.write_note(asked, TEXT, by=desk, now=now)
    workflow.send_message(asked, TEXT, by=amal, now=now)
    workflow.send_message(asked, TEXT, by=desk, now=now)
    found.add_office("ask for changes", "changes", asked)
    workflow.request_changes(
        asked,
        sections=["kosten", "anlagen"],
        text=TEXT,
        due_on=clock.today(now) + dt.timedelta(days=14),
        by=desk,
        now=now,
        on=clock.today(now),
    )
    found.add("changes requested", "application", asked)
    found.add("section to change", "section", asked, "kosten")
    found.add("check of the changes", "check", asked)
    found.add_office("case to change", "change", asked)

    costs = content(now)["kosten"]
    costs["costs"][1] |= {"description": [TITLE], "price": ["200"]}
    drafts.save(asked, BY_SLUG["kosten"], costs, revision=1, **cases.moment(amal, now))

    twice = cases.twice_sent(call, amal, desk, content(now), now=now)
    found.add("in review", "application", twice)
    found.add("version", "version", twice, 2)
    found.add_office("case in review", "change", twice)
    found.add_office("version", "version", twice, 2)

    gone = cases.submitted(call, amal, content(now), now=now)
    workflow.withdraw(gone, by=amal, now=now)
    found.add("withdrawn", "application", gone)
    found.add_office("withdrawn case", "change", gone)


def _paper(found: Pages, call: Call, desk: User, now: dt.datetime) -> None:
    moment = cases.moment(desk, now)
    typed = content(now)
    options = {"channel": Channel.PAPER, "received_on": clock.today(now)}
    paper = drafts.begin(call, typed["vorhaben"], **options, **moment)
    found.add_office("paper", "change", paper)
    for slug in ("kosten", "ort-und-zeit", "inhalt"):
        drafts.save(paper, BY_SLUG[slug], typed[slug], revision=0, **moment)
    for slug in cases.TYPED:
        found.add_office(f"section {slug} of paper", "section", paper, slug)
    found.add_office("submit paper", "submit", paper)
    enter = reverse("admin:projects_application_enter")
    found.of_office |= {
        "enter": enter,
        "enter for a call": f"{enter}?call={call.pk}",
        "late": reverse("admin:projects_application_late"),
    }


def _decided(found: Pages, call: Call, amal: User, agency: Agency, now: dt.datetime) -> None:
    """Where a colleague has checked, so that the desk may decide; and what the desk may check."""
    colleague = funding.staff(agency, Role.CASEWORKER)
    other = funding.staff(agency, Role.DECIDER)
    cases.money_for(call, now=now)
    for use in TextBlock.Use:
        TextBlock.objects.create(agency=agency, use=use, name=LONG, text=TEXT)
    checked = cases.in_review(call, amal, colleague, content(now), now=now)
    found.add_office("propose", "propose", checked)
    found.add_office("case to be proposed", "change", checked)

    lines = [{"approved_cents": 20_000, "note": TITLE}, {"approved_cents": 24_500, "note": ""}]
    wanted = cases.wanted(40_000, lines=(), reason=TEXT, conditions=TEXT)
    wanted = replace(wanted, lines=lines)
    typed = content(now, vorhaben={"title": [TITLE]})
    proposed = cases.proposed(call, amal, colleague, wanted, content=typed, now=now)
    for name in ("change", "decide", "send_back", "lift_hold"):
        found.add_office(f"proposed case: {name}", name, proposed)
    found.add("proposed", "application", proposed)

    waits = cases.proposed(call, amal, colleague, content=content(now), now=now)
    Application.objects.filter(pk=waits.pk).update(hold=True)
    workflow.waitlist(waits, by=other, now=now)
    found.add_office("case on the waiting list", "change", waits)
    found.add("on the waiting list", "application", waits)

    refused = cases.proposed(call, amal, colleague, cases.REFUSAL, content=content(now), now=now)
    refused = cases.decided(refused, other, now=now)
    found.add_office("object", "object", refused)
    objection = objecting.file(
        refused.letters.get(), TEXT, received_on=clock.today(now), by=colleague, now=now
    )
    found.add_office("refused case", "change", refused)
    found.add_office("decide an objection", "decide_objection", refused, objection.pk)
