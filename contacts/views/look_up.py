"""The look-up as a page and as suggestions while typing."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from contacts import learning, names, resolver
from contacts.cards import cards_of
from contacts.reader import Basis, Reading
from contacts.reasons import listing, why
from contacts.resolver import LookUp, Outcome
from contacts.snapshot import Snapshot, current
from contacts.views.shared import answer_map, credits_of, moment_of, open_offices
from portal.public import public_page

SHOWN_CHOICES = 40
TEMPLATES = {
    Outcome.CHOOSE: "contacts/choose.html",
    Outcome.NONE: "contacts/none.html",
}
QUESTIONS = {
    Basis.PREFIX: "similar",
    Basis.SIMILAR: "similar",
    Basis.DIGITS: "digits",
    Basis.READINGS: "readings",
    Basis.UNKNOWN_NAME: "unknown_name",
    Basis.POSTAL_CODE: "postal_code",
    Basis.NAME: "name",
}


@public_page(state=open_offices)
def look_up(request: HttpRequest) -> HttpResponse:
    """The answer to `?ort=`, for the topic in `?thema=` where one was chosen."""
    typed = request.GET.get("ort", "")
    if not names.clean(typed):
        return HttpResponseRedirect(reverse("home"))
    snapshot = current(request.versions)
    topic = snapshot.topic(request.GET.get("thema", ""))
    found = resolver.look_up(typed, topic, on=request.on, snapshot=snapshot)
    shorter = without_street(found.reading)
    if shorter:
        query = {"ort": shorter, **({"thema": topic.slug} if topic else {})}
        return HttpResponseRedirect(f"{reverse('contacts:look_up')}?{urlencode(query)}")
    if request.method == "GET":
        learning.note(found, on=request.on)
    template = TEMPLATES.get(found.outcome, "contacts/answer.html")
    return render(
        request,
        template,
        {
            "found": found,
            "typed": found.reading.typed,
            "topic": topic,
            "topics": snapshot.topics,
            "examples": snapshot.examples,
            "agencies": [a for a in snapshot.agencies.values() if not a.is_finished(request.on)],
            "on": request.on,
            **_details(request, found, snapshot),
        },
    )


def _details(request: HttpRequest, found: LookUp, snapshot: Snapshot) -> dict:
    if found.outcome is Outcome.CHOOSE:
        return {
            "question": QUESTIONS[found.reading.basis],
            "choices": found.hits[:SHOWN_CHOICES],
            "more": len(found.hits) - SHOWN_CHOICES,
        }
    if found.outcome is Outcome.NONE:
        index = snapshot.gazetteer.index
        start = index.longest_start(found.reading.canonical)
        return {"nearest": index.starting_with(start)[:5] if start else ()}
    answer = found.answer
    return {
        "answer": answer,
        "sought": _sought(found),
        "cards": cards_of(answer, moment_of(request)),
        "reason": why(found),
        "credits": credits_of(snapshot.gazetteer.sources),
        "map": answer_map(request, found.places, snapshot),
    }


def _sought(found: LookUp) -> str:
    """What the title says: the postal code of several places, else the names of all."""
    if len(found.places) > 1 and found.reading.basis is Basis.POSTAL_CODE:
        return found.reading.code
    return listing(place.name for place in found.places)


def without_street(reading: Reading) -> str:
    """What the address should hold instead, where a street was typed beside the place; else ""."""
    typed = names.read(reading.typed)
    if not typed.name or not reading.hits or reading.basis not in (Basis.NAME, Basis.READINGS):
        return ""
    understood = reading.canonical
    if understood in (typed.name, typed.text, f"{typed.code} {typed.name}".strip()):
        return ""
    return understood


@public_page
def suggestions(request: HttpRequest) -> HttpResponse:
    """The list below the field while `?ort=` is being typed: a piece of HTML, not a page."""
    snapshot = current(request.versions)
    typed = names.clean(request.GET.get("ort", ""))
    hits = resolver.suggest(typed, snapshot=snapshot) if len(typed) > 1 else ()
    start = ""
    if not hits and len(typed) > 1:
        start = snapshot.gazetteer.index.longest_start(typed)
    context = {"typed": typed, "hits": hits, "start": start}
    return render(request, "contacts/suggestions.html", context)
