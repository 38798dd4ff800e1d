"""Asking once a year whether an offer is still right, by a mail with a signed link.

The link names one offer and lasts 30 days. It shows what the public sees; only the button under it
confirms (a mail scanner that follows links confirms nothing), and only what was shown. Whoever says
that something has changed, or that the offer is over, writes to the editors, who look at it.
"""

import datetime as dt
import hashlib

from django.core import signing
from django.db import transaction
from django.db.models import DateField, Q
from django.db.models.functions import Coalesce, TruncDate
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import override as in_language

from contacts.models import Correction
from portal import clock, jobs
from portal.models import OutboxMessage
from projects import offer_mails
from projects.guide import A_YEAR, OfferView
from projects.models import Offer
from projects.models.guide import OfferState

SALT = "projects.offer.confirming"
LINK_LASTS = dt.timedelta(days=30)  # as the mail says
BETWEEN = dt.timedelta(days=30)  # two mails about the same offer
MOST_MAILS = 3
UNANSWERED = A_YEAR + MOST_MAILS * BETWEEN


# Links --------------------------------------------------------------------------------------------


def link_to(offer: Offer) -> str:
    """The path of the page on which the offer is confirmed."""
    return reverse("projects:offer_confirm", args=[signing.dumps(offer.pk, salt=SALT)])


def read_link(token: str) -> int | None:
    """The id of the offer that a link names; None when it is not ours, or too old."""
    try:
        return signing.loads(token, salt=SALT, max_age=LINK_LASTS)
    except (signing.BadSignature, ValueError):
        return None


def digest_of(offer: OfferView) -> str:
    """What the page of `offer` says, in short: the same while it says the same."""
    texts = (offer.title, offer.text, offer.times_note, offer.cost_note, offer.access_note)
    said = (
        [sorted(text.versions.items()) for text in texts],
        [(time.weekday, time.opens, time.closes, time.rhythm) for time in offer.times],
        (offer.kind, offer.provider, offer.target_groups, offer.languages, offer.place.key),
        (offer.address, offer.by_appointment, offer.cost, offer.step_free),
        (offer.contact_name, offer.phone, offer.email, offer.website),
        (offer.valid_from, offer.valid_until),
    )
    return hashlib.blake2b(repr(said).encode(), digest_size=8).hexdigest()


def tell_editors(offer: OfferView, text: str, *, nonce: str, now: dt.datetime) -> Correction:
    """What its provider says about an offer, for the editors of its agency; once a form."""
    note, _is_new = Correction.objects.get_or_create(
        nonce=nonce,
        defaults={
            "kind": Correction.Kind.WRONG,
            "language": get_language() or "",
            "agency_id": offer.agency.id,
            "page": offer.get_absolute_url(),
            "text": text,
            "received_at": now,
        },
    )
    return note


# Reminding ----------------------------------------------------------------------------------------


def since() -> Coalesce:
    """The date from which the year counts: of the last confirmation, else of the release."""
    return Coalesce("confirmed_on", TruncDate("decided_at"), output_field=DateField())


def unconfirmed(on: dt.date):
    """Public offers that nobody has confirmed for a year on the local date `on`."""
    rows = Offer.objects.filter(state=OfferState.PUBLISHED).annotate(since=since())
    return rows.filter(Q(since__lt=on - A_YEAR) | Q(since__isnull=True))


def unanswered(on: dt.date):
    """Those of which the editor has to ask: no mail can, or none was answered."""
    nobody = Q(submitter_email="", email="")
    return unconfirmed(on).filter(nobody | Q(since__lt=on - UNANSWERED) | Q(since__isnull=True))


def ask(now: dt.datetime) -> str:
    """Write to whoever entered an offer, or to its own address: once a month, three times."""
    on = clock.today(now)
    waiting = Q(asked_on__isnull=True) | Q(asked_on__lte=on - BETWEEN)
    written = 0
    for pk in unconfirmed(on).filter(waiting, since__isnull=False).values_list("pk", flat=True):
        written += _ask(pk, on=on, now=now)
    return f"{written} mails about offers" if written else ""


@transaction.atomic
def _ask(pk: int, *, on: dt.date, now: dt.datetime) -> bool:
    rows = Offer.objects.select_for_update(of=("self",)).select_related("agency")
    offer = rows.filter(pk=pk, state=OfferState.PUBLISHED).annotate(since=since()).first()
    if offer is None or (offer.agency.ended_on is not None and offer.agency.ended_on < on):
        return False
    address = offer.submitter_email or offer.email
    asked = f"offer:{offer.pk}:confirm:{offer.since:%Y-%m-%d}:"
    number = OutboxMessage.objects.filter(about__startswith=asked).count() + 1
    if not address or number > MOST_MAILS:
        return False
    with in_language(offer_mails.language_of(offer)):
        path = link_to(offer)
    offer_mails.to_address(
        offer,
        "confirm",
        address,
        about=f"{offer.since:%Y-%m-%d}:{number}",
        now=now,
        path=path,
        is_secret=True,
        not_after=now + LINK_LASTS,
    )
    Offer.objects.filter(pk=offer.pk).update(asked_on=on)
    return True


def register_jobs() -> None:
    label = gettext_lazy("Asks once a year whether offers of the guide are still right")
    jobs.register(jobs.Job("confirm-offers", label, jobs.Nightly(at=dt.time(6)), ask))
