"""What may happen to an offer of the guide: entered, released or declined, ended, confirmed.

Each verb is one transaction that locks the offer, checks its state, writes, and puts its mails
into the outbox. Who may do it is asked by the administration; a step that the state does not allow
raises ValidationError.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts.places import Place
from contacts.published import AgencyView
from contacts.slugs import free_slug, german_slug
from portal import clock, jobs
from projects import offer_mails
from projects.models import Offer, OfferTime, OfferTranslation
from projects.models.guide import OfferState as S

SUBMITTER_KEPT = dt.timedelta(days=90)  # after an offer was declined or ended; as the form says
MAY_BECOME = {
    S.SUBMITTED: {S.PUBLISHED, S.DECLINED},
    S.PUBLISHED: {S.ENDED},
    S.DECLINED: {S.PUBLISHED},
    S.ENDED: {S.PUBLISHED},
}
# Names of other pages below the address of the list.
RESERVED = frozenset({"karte", "eintragen", "danke", "bestaetigen", "heft"})
TEXTS = ("title", "text", "times_note", "cost_note", "access_note")
SLUG_LENGTH = 60
TRIES = 3  # to store what others may store at the same moment


@dataclass(frozen=True)
class Time:
    """When an offer takes place (1 is Monday); `closes` may be open."""

    weekday: int
    opens: dt.time
    closes: dt.time | None
    rhythm: str


def may_become(offer: Offer, state: S) -> bool:
    return state in MAY_BECOME[S(offer.state)]


def submit(
    values: Mapping[str, Any],
    *,
    times: Iterable[Time],
    language: str,
    place: Place,
    agency: AgencyView,
    nonce: str,
    now: dt.datetime,
) -> Offer:
    """Store an offer that waits for release, and tell the agency and whoever entered it.

    `values` are fields of `Offer` and its texts, which are in `language`. `nonce` names the form:
    what it brings a second time is dropped, and what it brought first is returned.
    """
    for tries_left in reversed(range(TRIES)):
        found = Offer.objects.filter(nonce=nonce).first()
        if found is not None:
            return found
        try:
            with transaction.atomic():
                return _store(
                    values,
                    times=times,
                    language=language,
                    place=place,
                    agency=agency,
                    nonce=nonce,
                    now=now,
                )
        except IntegrityError:  # the same form, or a name in the address, at the same moment
            if not tries_left:
                raise
    raise AssertionError("the last try returns or raises")


def _store(
    values: Mapping[str, Any],
    *,
    times: Iterable[Time],
    language: str,
    place: Place,
    agency: AgencyView,
    nonce: str,
    now: dt.datetime,
) -> Offer:
    offer = Offer(
        **{name: value for name, value in values.items() if name not in TEXTS},
        slug=_slug(values["title"], place),
        agency_id=agency.id,
        area_id=place.id,
        nonce=nonce,
        submitted_at=now,
        state=S.SUBMITTED,
    )
    offer.save()
    words = {name: values.get(name, "") for name in TEXTS}
    OfferTranslation.objects.create(master=offer, language_code=language, **words)
    for time in times:
        OfferTime.objects.create(
            offer=offer,
            weekday=time.weekday,
            opens=time.opens,
            closes=time.closes,
            rhythm=time.rhythm,
        )
    offer = Offer.objects.select_related("agency").get(pk=offer.pk)
    offer_mails.to_submitter(offer, "receipt", now=now)
    offer_mails.to_office(offer, now=now)
    return offer


def _slug(title: str, place: Place) -> str:
    """A name in the address that nobody has: the title and the town, and a number if need be."""
    town = place.municipality or place
    titled = german_slug(title)[:SLUG_LENGTH].strip("-") or "angebot"
    name = f"{titled}-{town.slug}"
    return free_slug(name, among=Offer.objects.all(), otherwise="angebot", reserved=RESERVED)


# Decisions ----------------------------------------------------------------------------------------


@transaction.atomic
def release(offer: Offer, *, by, now: dt.datetime) -> Offer:
    """Show the offer to the public; whoever looked at it has confirmed it. Tells who entered it."""
    locked = _move(offer, S.PUBLISHED, by=by, now=now, confirmed_on=clock.today(now))
    offer_mails.to_submitter(locked, "released", now=now)
    return locked


@transaction.atomic
def decline(offer: Offer, text: str, *, by, now: dt.datetime) -> Offer:
    """Do not take the offer over; `text` says why, to whoever entered it."""
    locked = _move(offer, S.DECLINED, by=by, now=now)
    offer_mails.to_submitter(locked, "declined", now=now, text=text)
    return locked


@transaction.atomic
def end(offer: Offer, *, by, now: dt.datetime) -> Offer:
    """The offer is over: its page says so, and no list has it any more."""
    return _move(offer, S.ENDED, by=by, now=now)


def _move(offer: Offer, state: S, *, by, now: dt.datetime, **fields) -> Offer:
    locked = _locked(offer)
    if not may_become(locked, state):
        raise ValidationError(
            _("This offer is %(state)s meanwhile. Please look at it once more.")
            % {"state": locked.get_state_display()}
        )
    fields |= {"state": state, "decided_at": now, "decided_by": by}
    return _write(locked, by=by, **fields)


@transaction.atomic
def confirm(offer: Offer, *, by, on: dt.date) -> Offer:
    """Note that all of the offer was right on the local date `on`; `by` is None for its provider.

    Raises ValidationError for what the public does not see.
    """
    locked = _locked(offer)
    if locked.state != S.PUBLISHED:
        raise ValidationError(_("Only an offer that is public can be confirmed."))
    return _write(locked, by=by, confirmed_on=on, asked_on=None)


def _locked(offer: Offer) -> Offer:
    rows = Offer.objects.select_for_update(of=("self",)).select_related("agency")
    return rows.get(pk=offer.pk)


def _write(offer: Offer, *, by, **fields) -> Offer:
    for name, value in fields.items():
        setattr(offer, name, value)
    offer._history_user = by
    offer.save(update_fields=list(fields))
    return offer


# By themselves ------------------------------------------------------------------------------------


def end_expired(now: dt.datetime) -> str:
    """End what had a last day that has passed."""
    today = clock.today(now)
    count = 0
    for offer in Offer.objects.filter(state=S.PUBLISHED, valid_until__lt=today):
        with transaction.atomic():
            locked = _locked(offer)
            if locked.state == S.PUBLISHED and locked.valid_until < today:
                _write(locked, by=None, state=S.ENDED, decided_at=now)
                count += 1
    return f"{count} offers ended" if count else ""


def forget_submitters(now: dt.datetime) -> str:
    """Erase who entered an offer, `SUBMITTER_KEPT` after it was declined or ended.

    What was declined was never public: how to reach somebody about it goes as well, also out of
    its history.
    """
    old = Offer.objects.filter(state__in=(S.DECLINED, S.ENDED), decided_at__lt=now - SUBMITTER_KEPT)
    with transaction.atomic():
        known = old.exclude(submitter_name="", submitter_email="")
        count = known.update(submitter_name="", submitter_email="")
        reach = ~Q(contact_name="", phone="", email="")
        declined = list(old.filter(reach, state=S.DECLINED).values_list("pk", flat=True))
        nobody = {"contact_name": "", "phone": "", "email": ""}
        Offer.objects.filter(pk__in=declined).update(**nobody)
        Offer.history.filter(id__in=declined).update(**nobody)
    return f"{count} offers without their sender" if count else ""


def register_jobs() -> None:
    label = gettext_lazy("Ends offers whose last day has passed")
    jobs.register(jobs.Job("end-offers", label, jobs.Nightly(at=dt.time(0, 5)), end_expired))
    label = gettext_lazy("Erases who entered an offer that was declined or has ended")
    jobs.register(jobs.Job("forget-submitters", label, jobs.Nightly(), forget_submitters))
