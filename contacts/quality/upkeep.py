"""What has been left lying: doubts, empty posts, old confirmations, people who have gone."""

from collections.abc import Iterator, Mapping
from functools import cached_property

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts.closing import subject_of
from contacts.confirming import is_unconfirmed
from contacts.models import Agency, Doubt, LegalDetails, Office, Post, Tenure
from contacts.places import Place
from contacts.quality.kinds import Finding, Kind
from contacts.quality.stock import Stock, change_url
from contacts.rule_checks import day_in_words

# Fields of loaded doubts that are no fields of our tables.
OTHER_FIELDS = {
    "holder": gettext_lazy("holder"),
    "title": gettext_lazy("title"),
    "postal_code": gettext_lazy("postal code"),
    "municipality_ags": gettext_lazy("municipality"),
    "municipalities": gettext_lazy("municipalities"),
    "members": gettext_lazy("parts"),
    "places": gettext_lazy("places"),
    "places.postal_code": gettext_lazy("postal codes of its parts"),
    "alias_of": gettext_lazy("other name"),
    "foreign_names": gettext_lazy("name in another language"),
    "coordinates": gettext_lazy("position"),
    "area": gettext_lazy("places"),
    "valid_until": gettext_lazy("last day"),
}
# Doubts on other fields, such as a boundary, a title or an abbreviation, turn no answer.
ANSWERS_DEPEND_ON = {
    *("phone", "phone_alternative", "fax", "email", "holder", "staffing"),
    *("started_on", "ended_on", "valid_from", "valid_until"),
    *("postal_code", "postal_codes", "municipality_ags", "members", "alias_of"),
}


def find(stock: Stock) -> Iterator[Finding]:
    yield from open_doubts(stock)
    yield from former_holders(stock)
    for post in stock.active_posts:
        if post.staffing != Post.Staffing.FILLED:
            yield not_filled(stock, post)
        elif is_unconfirmed(post, on=stock.on) and stock.can_be_reached(post):
            yield not_confirmed(stock, post)
    for agency in stock.agencies.values():
        if stock.is_at_work(agency.pk):
            yield from legal_details(stock, agency)


# Posts and people ---------------------------------------------------------------------------------


def not_filled(stock: Stock, post: Post) -> Finding:
    if post.staffing == Post.Staffing.PLANNED:
        message = _("This post is planned: nobody holds it yet.")
        return stock.about_post(Kind.PLANNED, post, message, field="staffing")
    deputy = stock.post_labels.get(post.deputy_id)
    message = (
        _("Nobody holds this post; %(deputy)s answers meanwhile.") % {"deputy": deputy}
        if deputy
        else _("Nobody holds this post, and it has no deputy.")
    )
    return stock.about_post(Kind.VACANT, post, message, field="staffing")


def not_confirmed(stock: Stock, post: Post) -> Finding:
    message = (
        _("Confirmed on %(day)s for the last time.") % {"day": day_in_words(post.confirmed_on)}
        if post.confirmed_on
        else _("Nobody has confirmed this contact yet.")
    )
    return stock.about_post(Kind.UNCONFIRMED, post, message, field="confirmed_on")


def former_holders(stock: Stock) -> Iterator[Finding]:
    """People who hold a post without an end although they have left it.

    That they have is marked by an agency that has ended, a post out of use, or an account that has
    been switched off.
    """
    for tenure in stock.tenures:
        if tenure.valid_until is not None:
            continue
        reason = _why_former(stock, tenure)
        if reason:
            places, topic_id = stock.reach_of_post(tenure.post_id)
            yield Finding(
                kind=Kind.FORMER,
                agencies=frozenset({tenure.post.agency_id}),
                about=str(tenure.person),
                message=reason,
                model="post",
                pk=tenure.post_id,
                url=f"{change_url('post', tenure.post_id)}#tenures-group",
                places=places,
                topic_id=topic_id,
            )


def _why_former(stock: Stock, tenure: Tenure) -> str:
    post, person = tenure.post, tenure.person
    if not stock.is_at_work(post.agency_id):
        ended_on = stock.agencies[post.agency_id].ended_on
        return _("No last day is recorded, although the agency has ended on %(day)s.") % {
            "day": day_in_words(ended_on)
        }
    if post.archived_on is not None:
        return _("No last day is recorded, although the post is out of use since %(day)s.") % {
            "day": day_in_words(post.archived_on)
        }
    if person.user is not None and not person.user.is_active:
        return _("No last day is recorded, although the account is switched off.")
    return ""


def legal_details(stock: Stock, agency: Agency) -> Iterator[Finding]:
    legal = getattr(agency, "legal", None)
    missing = (legal or LegalDetails()).missing()
    if not missing:
        return
    names = [str(LegalDetails._meta.get_field(name).verbose_name) for name in missing]
    url = (
        change_url("legaldetails", legal.pk, field=missing[0])
        if legal
        else f"{reverse('admin:contacts_legaldetails_add')}?agency={agency.pk}"
    )
    message = _("The law asks for these: %(fields)s.") % {"fields": ", ".join(names)}
    own = {"field": missing[0], "url": url, "places": frozenset()}  # no answer depends on them
    yield stock.about_agency(Kind.LEGAL, agency, message, **own)


# Doubts -------------------------------------------------------------------------------------------


def open_doubts(stock: Stock) -> Iterator[Finding]:
    words = _Words(stock)
    for doubt in stock.doubts:
        agencies = words.agencies_of(doubt)
        if agencies and stock.is_asked_for(agencies):
            yield Finding(
                kind=Kind.DOUBT,
                agencies=agencies,
                about=words.about(doubt),
                message=words.sentence(doubt),
                note=doubt.note,
                model="doubt",
                pk=doubt.pk,
                field=doubt.field,
                url=change_url("doubt", doubt.pk),
                places=words.places_of(doubt),
            )


class _Words:
    """What a doubt is about and says, in sentences."""

    def __init__(self, stock: Stock) -> None:
        self.stock = stock

    @cached_property
    def by_key(self) -> Mapping[str, Place]:
        return {place.key: place for place in self.stock.snapshot.gazetteer.by_id.values()}

    def agencies_of(self, doubt: Doubt) -> frozenset[int]:
        if doubt.agency_id:
            return frozenset({doubt.agency_id})
        place = self.stock.snapshot.gazetteer.by_id.get(doubt.area_id)
        covering = self.stock.snapshot.covering.get(place.district.id, ()) if place else ()
        return frozenset(agency.id for agency in covering)

    def about(self, doubt: Doubt) -> str:
        if doubt.post_id:
            return self.stock.post_labels.get(doubt.post_id, str(doubt.post))
        about = doubt.office or doubt.responsibility or doubt.area
        return str(about or self.stock.agencies[doubt.agency_id])

    def sentence(self, doubt: Doubt) -> str:
        shown = {
            "field": self.field(doubt),
            "used": self.value(doubt, doubt.value_used),
            "other": self.value(doubt, doubt.other_value),
        }
        if doubt.value_used and doubt.other_value:
            return _("%(field)s: we use “%(used)s”, another source has “%(other)s”.") % shown
        if doubt.value_used:
            return _("%(field)s: it is not certain that “%(used)s” is right.") % shown
        if doubt.other_value:
            return _("%(field)s: nothing is recorded, a source has “%(other)s”.") % shown
        return _("%(field)s: nothing certain is known.") % shown

    def value(self, doubt: Doubt, text: str) -> str:
        """A value as people say it: the name of a place for its key, of a choice for its code."""
        place = self.by_key.get(text)
        if place is not None:
            return f"{place} ({place.municipality})" if place.is_part else str(place)
        field = _field(doubt)
        return str(dict(field.flatchoices).get(text, text)) if field is not None else text

    def field(self, doubt: Doubt) -> str:
        name, field = doubt.field.removesuffix("_de"), _field(doubt)
        names = [name, name.partition(".")[0]]
        label = (
            str(field.verbose_name)
            if field is not None
            else str(next((OTHER_FIELDS[key] for key in names if key in OTHER_FIELDS), name))
        )
        return label[:1].upper() + label[1:]

    def places_of(self, doubt: Doubt) -> frozenset[int]:
        """The towns whose answers or cards depend on what is in doubt."""
        if not doubt.responsibility_id and doubt.field not in ANSWERS_DEPEND_ON:
            return frozenset()
        stock, by_id = self.stock, self.stock.snapshot.gazetteer.by_id
        area_id = doubt.area_id or (doubt.responsibility and doubt.responsibility.area_id)
        if area_id in by_id:
            return stock.towns([by_id[area_id]])
        about = subject_of(doubt)
        if isinstance(about, Post):
            return stock.reach_of_post(about.pk)[0]
        if isinstance(about, Office):
            return stock.reach_of_office(about.pk)
        return stock.reach_of_agency(doubt.agency_id)


def _field(doubt: Doubt) -> models.Field | None:
    """The field of our tables that a doubt is about, whatever its subject is."""
    about = doubt.post or doubt.office or doubt.responsibility or doubt.area or doubt.agency
    try:
        return about._meta.get_field(doubt.field)
    except FieldDoesNotExist:
        return None
