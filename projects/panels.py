"""What the start page and the pages of towns and agencies show: calls of now, projects."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.template.loader import render_to_string

from contacts.places import Place
from contacts.published import AgencyView
from contacts.resolver import resolve
from contacts.snapshot import current as contacts_of
from projects import undertakings
from projects.call_words import end_in_words, time_left
from projects.funding import CallView, ProgrammeView, current
from projects.states import CallState


@dataclass(frozen=True)
class CallLine:
    """A call in a short list: what it is, and how long it is open."""

    call: CallView
    programme: ProgrammeView
    is_paused: bool
    left: str
    end: str


def call_states(request: HttpRequest) -> tuple[str, ...]:
    """For `public_page(state=…)`: a page with calls changes when one opens or closes."""
    return current(request.versions).states(request.now)


def open_calls(request: HttpRequest, agency: AgencyView | None = None) -> list[CallLine]:
    """What takes applications now, of `agency` or of all; the open ones before the paused."""
    funding = current(request.versions)
    own = funding.at_work(request.on) if agency is None else funding.of_agency(agency, request.on)
    lines = [
        CallLine(
            call,
            programme,
            call.state_at(request.now) == CallState.PAUSED,
            time_left(call.closes_at, now=request.now),
            end_in_words(call.closes_at),
        )
        for programme in own
        for call in programme.current_calls(request.now)
        if call.takes_applications(request.now)
    ]
    return sorted(lines, key=lambda line: line.is_paused)


def of_agency(request: HttpRequest, agency: AgencyView) -> str:
    calls = open_calls(request, agency)
    return render_to_string("projects/funding/_panel.html", {"calls": calls}) if calls else ""


def projects_of_agency(request: HttpRequest, agency: AgencyView) -> str:
    return _projects(undertakings.current(request.versions).of_agency(agency))


def projects_at(request: HttpRequest, place: Place) -> str:
    return _projects(undertakings.current(request.versions).at(place))


def _projects(found: list[undertakings.ProjectView]) -> str:
    return render_to_string("projects/project/_panel.html", {"projects": found}) if found else ""


def of_place(request: HttpRequest, place: Place) -> str:
    """The calls of the agency that answers for `place`."""
    snapshot = contacts_of(request.versions)
    agency = resolve(place, on=request.on, snapshot=snapshot).agency
    return of_agency(request, agency) if agency else ""
