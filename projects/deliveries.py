"""Letters on their way: issued, posted or fetched, announced, and from when on they are final.

A letter is stored once, with its document, and never again rendered. How it reaches its reader is
a row beside it, with the days that follow (`projects.calendar`).
"""

import datetime as dt
import hashlib

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from portal import clock
from projects import actors, calendar, events, letters, mails
from projects.events import Kind
from projects.models import Application, Delivery, Grant, Letter
from projects.sections import DECLARATIONS
from projects.states import Actor
from projects.terms import Channel, DeclarationKey

Way = Delivery.Way
# What becomes final, or keeps something from becoming so.
WITH_FINALITY = frozenset(
    {
        Letter.Kind.GRANT,
        Letter.Kind.PARTIAL_GRANT,
        Letter.Kind.REFUSAL,
        Letter.Kind.OBJECTION,
    }
)


class DeliveryError(ValidationError):
    """What cannot be said of a delivery; the message says why."""


# Issuing ------------------------------------------------------------------------------------------


def store(
    application: Application,
    kind: Letter.Kind,
    content: dict,
    pdf: bytes,
    *,
    by,
    now: dt.datetime,
) -> Letter:
    """Keep a rendered letter of the locked case, and send it on its way, with a mail.

    In the portal where the applicant has agreed to it and can get in there; else by post.
    """
    last = application.letters.order_by("-number").only("number").first()
    letter = Letter.objects.create(
        application=application,
        number=last.number + 1 if last else 1,
        kind=kind,
        content=content,
        digest=letters.digest_of(content),
        pdf=pdf,
        pdf_digest=hashlib.sha256(pdf).hexdigest(),
        dated=clock.today(now),
        issued_at=now,
        issued_by=by,
    )
    way = way_to(application)
    sent_on = clock.today(now) if way == Way.PORTAL else None
    Delivery.objects.create(letter=letter, way=way, sent_on=sent_on)
    mails.letter_is_there(application, letter, way=way, now=now)
    return letter


def way_to(application: Application) -> Way:
    """How a letter reaches the applicant."""
    if application.channel != Channel.ONLINE:
        return Way.POST
    reachable = application.contributors.filter(user__is_active=True).exists()
    return Way.PORTAL if reachable and has_agreed(application) else Way.POST


def has_agreed(application: Application) -> bool:
    """Whether letters in electronic form were agreed to, in what was sent last."""
    last = application.versions.order_by("-number").only("content").first()
    sections = last.content["sections"] if last else []
    values = next((each["values"] for each in sections if each["slug"] == DECLARATIONS.slug), {})
    return values.get(str(DeclarationKey.ELECTRONIC)) is True


# Arriving -----------------------------------------------------------------------------------------


@transaction.atomic
def post(letter: Letter, *, posted_on: dt.date, by, now: dt.datetime) -> Delivery:
    """Say that a letter was posted on the local day `posted_on`; its days follow from that.

    Raises DeliveryError for a day before the letter or after today, and for whoever may not.
    """
    application = _locked(letter)
    parts = actors.actors_for(by, application) & {Actor.CASEWORKER, Actor.DECIDER}
    if not parts:
        raise DeliveryError(_("You may not do this."))
    delivery = letter.deliveries.filter(way=Way.POST).first()
    if delivery is None or delivery.sent_on is not None:
        raise DeliveryError(_("This letter does not wait to be posted."))
    if not letter.dated <= posted_on <= clock.today(now):
        raise DeliveryError(_("It was posted between the day of the letter and today."))
    announced_on = calendar.announced_by_post(posted_on)
    _announce(delivery, announced_on, sent_on=posted_on, sent_by=by)
    events.record(
        application,
        Kind.LETTER_POSTED,
        actor=min(parts),
        by=by,
        now=now,
        letter=letter.number,
        posted_on=posted_on.isoformat(),
        announced_on=announced_on.isoformat(),
    )
    return delivery


@transaction.atomic
def fetch(letter: Letter, *, by, now: dt.datetime) -> None:
    """Note that the applicant has opened a letter in the portal for the first time.

    Whoever else opens it, or once more, changes nothing.
    """
    application = _locked(letter)
    if Actor.APPLICANT not in actors.actors_for(by, application):
        return
    today = clock.today(now)
    delivery = letter.deliveries.filter(way=Way.PORTAL, fetched_at=None, failed_on=None).first()
    if delivery is None:
        return
    if calendar.last_day_to_fetch(delivery.sent_on) < today:  # the job has not come by yet
        _give_up(delivery.pk, now=now)
        return
    announced_on = calendar.announced_in_portal(today)
    _announce(delivery, announced_on, fetched_at=now)
    events.record(
        application,
        Kind.LETTER_FETCHED,
        actor=Actor.APPLICANT,
        by=by,
        now=now,
        letter=letter.number,
        announced_on=announced_on.isoformat(),
    )


def give_up_all(now: dt.datetime) -> int:
    """Letters that nobody fetched in time have to be posted; returns how many."""
    last = clock.today(now) - calendar.FETCH_DAYS
    rows = Delivery.objects.filter(
        way=Way.PORTAL, fetched_at=None, failed_on=None, sent_on__lt=last
    )
    return sum(_give_up(pk, now=now) for pk in rows.values_list("pk", flat=True))


@transaction.atomic
def _give_up(pk: int, *, now: dt.datetime) -> bool:
    found = Delivery.objects.select_related("letter__application").get(pk=pk)
    application = _locked(found.letter)
    failed_on = clock.today(now)
    if not Delivery.objects.filter(pk=pk, fetched_at=None, failed_on=None).update(
        failed_on=failed_on
    ):
        return False
    Delivery.objects.get_or_create(letter=found.letter, way=Way.POST)
    number = found.letter.number
    events.record(
        application, Kind.LETTER_NOT_FETCHED, actor=Actor.SYSTEM, by=None, now=now, letter=number
    )
    return True


def to_be_posted() -> QuerySet:
    """The deliveries of letters that somebody still has to post."""
    return Delivery.objects.filter(way=Way.POST, sent_on=None).order_by()


def _locked(letter: Letter) -> Application:
    rows = Application.objects.select_for_update(of=("self",))
    return rows.select_related("agency").get(pk=letter.application_id)


def _announce(delivery: Delivery, announced_on: dt.date, **columns) -> None:
    """Write the days that follow from the announcement, also those of the grant."""
    application = delivery.letter.application
    state = application.agency.state
    columns |= {
        "announced_on": announced_on,
        "objection_until": calendar.objection_until(announced_on, state),
        "final_on": calendar.final_on(announced_on, state),
    }
    for name, value in columns.items():
        setattr(delivery, name, value)
    delivery.save(update_fields=list(columns))
    grants = Grant.objects.filter(application=application, waived_at=None)
    grants.update(final_on=finality_of(application))


def finality_of(application: Application) -> dt.date | None:
    """The first local day on which nothing can be objected any more; None while it is unknown.

    Of several decisions on a case the last to become final counts.
    """
    days: dict[int, dt.date | None] = {}
    rows = Delivery.objects.filter(
        letter__application=application, letter__kind__in=WITH_FINALITY
    ).values_list("letter", "final_on")
    for letter, final_on in rows:
        known = [day for day in (days.get(letter), final_on) if day]
        days[letter] = min(known, default=None)
    if not days or None in days.values():
        return None
    return max(days.values())
