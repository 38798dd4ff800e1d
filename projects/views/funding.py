"""Programmes and calls for the public: what is funded, until when, who advises, and does it fit."""

from dataclasses import dataclass
from itertools import groupby
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from contacts import names
from contacts.cards import cards_of
from contacts.published import AgencyView
from contacts.snapshot import current as contacts_of
from contacts.views.look_up import without_street
from contacts.views.shared import moment_of, open_offices
from portal.context import absolute
from portal.public import public_page
from projects import eligibility, ics
from projects.advice import Advice, advise
from projects.call_words import end_in_words, instant_in_words, time_left
from projects.eligibility import Idea, Result, Verdict, Where
from projects.funding import CallView, Funding, ProgrammeView, current
from projects.funding_forms import CheckForm
from projects.panels import call_states
from projects.rules import Rules
from projects.states import CallState
from projects.terms import ApplicantType, MeasureKind


def calls_and_offices(request: HttpRequest) -> tuple:
    return (call_states(request), open_offices(request))


@dataclass(frozen=True)
class CallNow:
    """A call as a page shows it at one instant."""

    call: CallView
    programme: ProgrammeView
    state: CallState
    left: str
    end: str
    opens: str

    @property
    def is_open(self) -> bool:
        return self.state == CallState.OPEN

    @property
    def is_paused(self) -> bool:
        return self.state == CallState.PAUSED

    @property
    def is_coming(self) -> bool:
        return self.state == CallState.ANNOUNCED

    @property
    def start_url(self) -> str:
        """Where the application begins; "" while none is taken."""
        return "" if self.is_coming else start_url(self.call)


def call_now(call: CallView, programme: ProgrammeView, request: HttpRequest) -> CallNow:
    return CallNow(
        call,
        programme,
        call.state_at(request.now),
        time_left(call.closes_at, now=request.now),
        end_in_words(call.closes_at),
        instant_in_words(call.opens_at),
    )


def calls_now(programme: ProgrammeView, request: HttpRequest) -> list[CallNow]:
    """What is open, paused or coming of `programme`."""
    if programme.is_over(request.on):
        return []
    return [call_now(call, programme, request) for call in programme.current_calls(request.now)]


def start_url(call: CallView, idea: Idea | None = None) -> str:
    """The first page of an application for `call`, with what is known of the idea already."""
    query = {"aufruf": call.slug}
    if idea is not None:
        query |= {"art": idea.applicant_type.value, "massnahme": idea.measure_kind.value}
    return f"{reverse('projects:begin')}?{urlencode(query)}"


# Pages --------------------------------------------------------------------------------------------


@public_page(state=call_states)
def programmes(request: HttpRequest) -> HttpResponse:
    """All programmes by agency, each with what is open, paused or coming."""
    found = sorted(current(request.versions).at_work(request.on), key=lambda p: p.agency.slug)
    by_agency = [
        (agency, [(programme, calls_now(programme, request)) for programme in own])
        for agency, own in groupby(found, key=lambda programme: programme.agency)
    ]
    return render(request, "projects/funding/programmes.html", {"by_agency": by_agency})


@public_page(state=calls_and_offices)
def programme(request: HttpRequest, slug: str) -> HttpResponse:
    """One programme; `?ort=` also shows who advises there."""
    found = current(request.versions).programme(slug)
    if found is None:
        raise Http404("no such programme")
    advice = _advice(request)
    if advice and (shorter := without_street(advice.reading)):
        return _without_the_street(request, shorter)
    shown, calls = found.call_to_show(request.now), calls_now(found, request)
    return render(
        request,
        "projects/funding/programme.html",
        {
            "programme": found,
            "is_over": found.is_over(request.on),
            "calls": calls,
            "rules": shown.rules if shown else None,
            "amounts": _amounts(shown.rules) if shown else [],
            "applicant_types": [
                kind for kind in ApplicantType if shown and kind in shown.rules.applicant_types
            ],
            "form_call": next(iter(calls), None),
            **_advice_context(request, advice),
        },
    )


@public_page(state=call_states)
def deadline(request: HttpRequest, slug: str, call: str) -> HttpResponse:
    """The closing date of a call for calendars."""
    found = current(request.versions).programme(slug)
    calls = found.current_calls(request.now) if found else []
    shown = next((each for each in calls if each.slug == call), None)
    if shown is None:
        raise Http404("no such call, or it has closed")
    url = absolute(request, shown.get_absolute_url())
    return HttpResponse(
        ics.deadline(shown, found, url=url, now=request.now),
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{shown.slug}.ics"'},
    )


def _amounts(rules: Rules) -> list[tuple[int, list[MeasureKind]]]:
    """The ceilings, each with the kinds of projects that have it, the highest first."""
    kinds: dict[int, list[MeasureKind]] = {}
    for kind, cents in rules.ceilings.items():
        kinds.setdefault(cents, []).append(kind)
    return sorted(kinds.items(), reverse=True)


# Who advises --------------------------------------------------------------------------------------


def _advice(request: HttpRequest) -> Advice | None:
    """What `?ort=` leads to, and `?gebiet=`, the choice among several; None while nobody asks."""
    typed = names.clean(request.GET.get("ort", ""))
    if not typed:
        return None
    chosen = request.GET.get("gebiet", "")
    return advise(typed, chosen, on=request.on, snapshot=contacts_of(request.versions))


def _advice_context(request: HttpRequest, advice: Advice | None) -> dict:
    if advice is None:
        return {"advice": None}
    return {
        "advice": advice,
        "cards": cards_of(advice.resolution, moment_of(request)) if advice.resolution else (),
        "choices": [(hit.place, _changed(request, gebiet=hit.place.key)) for hit in advice.choices],
    }


def _changed(request: HttpRequest, **changes: str) -> str:
    """The query of this page with some of its values changed."""
    query = request.GET.copy()
    for name, value in changes.items():
        query[name] = value
    return f"?{query.urlencode()}"


def _without_the_street(request: HttpRequest, shorter: str) -> HttpResponse:
    """To the same page without the street: addresses lie in histories."""
    return HttpResponseRedirect(request.path + _changed(request, ort=shorter))


# The two-minute check -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Checked:
    """How an idea fits the call that suits it best; `start_url` is "" while none is taken."""

    result: Result
    programme: ProgrammeView | None = None
    call: CallNow | None = None
    start_url: str = ""

    @property
    def is_likely(self) -> bool:
        return self.result.verdict == Verdict.LIKELY

    @property
    def is_unlikely(self) -> bool:
        return self.result.verdict == Verdict.UNLIKELY


@public_page(state=calls_and_offices)
def check(request: HttpRequest) -> HttpResponse:
    """Six questions and an answer; `?programm=` names the programme whose page led here."""
    funding = current(request.versions)
    wanted = funding.programme(request.GET.get("programm", ""))
    if wanted is not None and wanted.is_over(request.on):
        wanted = None
    context = {"wanted": wanted}
    if not any(name in request.GET for name in CheckForm.base_fields):
        return render(request, "projects/funding/check.html", {**context, "form": CheckForm()})
    context["form"] = form = CheckForm(request.GET)
    if not form.is_valid():
        return render(request, "projects/funding/check.html", context)
    advice = _advice(request)
    if advice and (shorter := without_street(advice.reading)):
        return _without_the_street(request, shorter)
    checked = _check(request, form.idea, advice, wanted=wanted, funding=funding)
    context |= {"checked": checked, **_advice_context(request, advice)}
    return render(request, "projects/funding/check.html", context)


def _check(
    request: HttpRequest,
    idea: Idea,
    advice: Advice | None,
    *,
    wanted: ProgrammeView | None,
    funding: Funding,
) -> Checked:
    """The best of the answers of every programme, and every call, that the idea may belong to."""
    agency = advice.agency if advice else None
    every = funding.at_work(request.on)
    if wanted is not None:
        candidates = [wanted]
    else:
        candidates = funding.of_agency(agency, request.on) if agency else []
    if not candidates and len(every) == 1:  # nobody is kept from applying for it
        candidates = every

    def answer(programme: ProgrammeView | None, call: CallView | None) -> Checked:
        where = _where(advice, agency, programme)
        result = eligibility.check(idea, call, where=where, now=request.now, on=request.on)
        takes = call is not None and call.takes_applications(request.now)
        return Checked(
            result,
            programme,
            call_now(call, programme, request) if call else None,
            start_url(call, idea) if takes else "",
        )

    answers = [
        answer(programme, call)
        for programme in candidates
        for call in programme.current_calls(request.now) or [None]
    ]
    return min(answers or [answer(None, None)], key=lambda checked: checked.result.verdict)


def _where(
    advice: Advice | None, agency: AgencyView | None, programme: ProgrammeView | None
) -> Where:
    if agency is None:
        return Where.OUTSIDE if advice and advice.is_outside else Where.UNCLEAR
    if programme is None or programme.agency.id != agency.id:
        return Where.ELSEWHERE
    return Where.HERE
