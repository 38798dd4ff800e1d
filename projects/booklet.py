"""The guide of local offers as a booklet to print: German, and one more language beside it.

Labels are in the second language where the portal speaks it; what is offered, where somebody has
written it in that language. Where that is missing, German stands alone.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from contacts.places import Place
from contacts.published import AgencyView, PostView
from contacts.snapshot import Snapshot
from contacts.spoken import language_name
from portal import pdf
from portal.texts import Text
from projects.answers import OFFICIAL
from projects.documents import Label, beside
from projects.guide import OfferView
from projects.models.guide import OfferKind

BY_TOWN, BY_KIND = "ort", "art"


@dataclass(frozen=True)
class Booklet:
    """What a booklet is made of; `second` is the code of the second language, or "".

    `region` names what it is about, "" for all.
    """

    offers: Sequence[OfferView]
    order: str
    second: str
    region: str
    url: str

    def render(self, *, snapshot: Snapshot, now: dt.datetime) -> bytes:
        """The booklet as PDF/UA-1; `now` decides who stands on the last page, and its date."""
        on = now.date()
        with override(OFFICIAL):
            data = {
                "title": _label(lambda: _("Local offers"), self.second),
                "region": self._region(),
                "agencies": [str(agency.name) for agency in self._agencies(on)],
                "facts": [_label(say, self.second) for say in self._facts(on)],
                "contents": _label(lambda: _("Contents"), self.second),
                "chapters": [
                    {"title": title, "offers": [self._entry(offer, on) for offer in own]}
                    for title, own in self._chapters()
                ],
                "back": {
                    "title": _label(lambda: _("Who helps on"), self.second),
                    "contacts": list(self._contacts(snapshot, on)),
                },
            }
            title = " – ".join(filter(None, (_("Local offers"), self._region())))
        return pdf.render("booklet.typ", data, language=OFFICIAL, title=title, now=now)

    def _facts(self, on: dt.date) -> list[Callable[[], str]]:
        """What the cover says below, in the active language."""
        return [
            self._number,
            lambda: _("As of %(day)s") % {"day": date_format(on, "DATE_FORMAT")},
            lambda: _("Newer ones: %(url)s") % {"url": self.url},
        ]

    def _number(self) -> str:
        text = ngettext("%(number)d offer", "%(number)d offers", len(self.offers))
        return text % {"number": len(self.offers)}

    def _region(self) -> str:
        if self.region:
            return self.region
        districts = {offer.place.district for offer in self.offers}
        return ", ".join(d.name for d in sorted(districts, key=lambda place: place.sort_key))

    def _agencies(self, on: dt.date) -> list[AgencyView]:
        """Those that look after the offers; the ones at work, unless none is."""
        own = list(dict.fromkeys(offer.agency for offer in self.offers))
        return [agency for agency in own if not agency.is_finished(on)] or own

    # Chapters -----------------------------------------------------------------------------------

    def _chapters(self) -> Iterator[tuple[Label, list[OfferView]]]:
        if self.order == BY_KIND:
            for kind in OfferKind:
                own = [offer for offer in self.offers if offer.kind == kind]
                if own:
                    yield _label(lambda kind=kind: str(kind.label), self.second), own
            return
        by_town: dict[Place, list[OfferView]] = {}
        for offer in self.offers:
            by_town.setdefault(offer.place.municipality or offer.place, []).append(offer)
        for place in sorted(by_town, key=lambda place: place.rank):
            yield place.name, by_town[place]

    # Offers -------------------------------------------------------------------------------------

    def _entry(self, offer: OfferView, on: dt.date) -> dict:
        official = _column(offer, OFFICIAL, on)
        other = None
        if self.second:
            with override(self.second if _is_spoken(self.second) else OFFICIAL):
                theirs = _column(offer, self.second, on)
            if theirs["title"] or _is_spoken(self.second):
                other = theirs
        # Only a title in German goes into the contents of a German booklet, if there is one.
        title = official["title"] or str(offer.title)
        name = {"text": title, "lang": OFFICIAL if official["title"] else offer.title.language}
        return {"name": name, "official": official, "other": other}

    # The last page ------------------------------------------------------------------------------

    def _contacts(self, snapshot: Snapshot, on: dt.date) -> Iterator[dict]:
        for agency in self._agencies(on):
            lines = [agency.phone, agency.email, agency.website]
            yield {"name": str(agency.name), "lines": [line for line in lines if line]}
            if agency.is_finished(on):
                continue
            for post in snapshot.posts_of(agency):
                if post.is_filled and (post.sure_phone or post.sure_email):
                    yield _post(post, snapshot, on)


def second_languages(offers: Iterable[OfferView]) -> list[tuple[str, str]]:
    """Codes and names of what may stand beside German: what the portal speaks, and what is written.

    The names are in the active language.
    """
    codes = {code for code, _name in settings.LANGUAGES}
    codes |= {code for offer in offers for code, text in offer.title.versions.items() if text}
    named = [(code, language_name(code)) for code in codes - {OFFICIAL}]
    return sorted(named, key=lambda pair: pair[1])


def _is_spoken(code: str) -> bool:
    return code in dict(settings.LANGUAGES)


def _label(say: Callable[[], str], second: str) -> Label:
    """What `say` says in German and, where the portal speaks it, in the second language."""
    with override(OFFICIAL):
        official = say()
    if not _is_spoken(second):
        return official
    with override(second):
        return beside(official, say(), second)


def _column(offer: OfferView, code: str, on: dt.date) -> dict:
    """An offer in the language `code`, with facts in the active language."""

    def written(text: Text) -> str:
        return text.versions.get(code, "")

    facts_known = code == OFFICIAL or _is_spoken(code)
    if facts_known:
        facts = [
            (_("When"), "; ".join(_times(offer, written(offer.times_note), on))),
            (_("Where"), _where(offer)),
            (_("For whom"), ", ".join(offer.group_labels)),
            (_("Languages"), ", ".join(offer.language_names)),
            (_("Cost"), _joined(offer.cost_label, written(offer.cost_note))),
            (_("Step-free access"), _joined(offer.step_free_label, written(offer.access_note))),
            (_("Contact"), _reach(offer)),
        ]
    else:
        notes = (offer.times_note, offer.cost_note, offer.access_note)
        facts = [("", written(note)) for note in notes]
    return {
        "lang": code,
        "title": written(offer.title),
        "text": written(offer.text),
        "kind": f"{offer.kind_label} · {offer.provider}" if facts_known else offer.provider,
        "facts": [[label, value] for label, value in facts if value],
    }


def _joined(label: str, note: str) -> str:
    return ": ".join(filter(None, (label, note)))


def _times(offer: OfferView, note: str, on: dt.date) -> Iterator[str]:
    yield from map(str, offer.times)
    if offer.by_appointment:
        yield _("by appointment")
    if note:
        yield note
    if offer.is_coming(on):
        yield _("It begins on %(first)s.") % {"first": date_format(offer.valid_from, "DATE_FORMAT")}
    if offer.valid_until:
        yield _("Until %(last)s.") % {"last": date_format(offer.valid_until, "DATE_FORMAT")}


def _where(offer: OfferView) -> str:
    place = offer.place
    address = ", ".join(offer.address) or place.name
    known = place.name in address
    return address if known or not place.is_part else f"{address} ({place.name})"


def _reach(offer: OfferView) -> str:
    ways = (offer.contact_name, offer.phone, offer.email, offer.website)
    return " · ".join(filter(None, ways))


def _post(post: PostView, snapshot: Snapshot, on: dt.date) -> dict:
    names = ", ".join(person.name for person in post.holders(on))
    title = str(post.title)
    towns = dict.fromkeys(rule.area.name for rule in snapshot.areas_of(post, on))
    lines = [title if names else "", ", ".join(towns), post.sure_phone, post.sure_email]
    return {"name": names or title, "lines": [line for line in lines if line]}
