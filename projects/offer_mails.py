"""Mails about an offer: to whoever entered it, and to the mailbox of the agency.

They name no offer in the subject, and nobody. None holds a link that does anything by itself.
"""

import datetime as dt

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from portal import outbox
from portal.languages import offered_code
from portal.mail_texts import in_both_languages
from projects.models import Offer

SUBJECTS = {
    "receipt": _("We have your offer for the guide"),
    "released": _("Your offer stands in the guide"),
    "declined": _("About your offer for the guide"),
    "confirm": _("Is your offer still right?"),
    "office-new": _("A new offer waits for release"),
}


def to_submitter(offer: Offer, name: str, *, now: dt.datetime, **context) -> None:
    """The mail `name` to whoever entered the offer, in their language, where there is an address.

    The same one is written again at another instant `now`.
    """
    to_address(offer, name, offer.submitter_email, about=f"{now:%Y%m%dT%H%M%S}", now=now, **context)


def to_address(
    offer: Offer,
    name: str,
    address: str,
    *,
    about: str,
    now: dt.datetime,
    path: str = "",
    is_secret: bool = False,
    not_after: dt.datetime | None = None,
    **context,
) -> None:
    """The mail `name` to `address`; `about` tells it from others of its name.

    The link in it leads to `path`, or to the page of the offer.
    """
    if not address:
        return
    language = language_of(offer)
    with override(language):
        link = settings.SITE_URL + (path or offer.get_absolute_url())
        outbox.put(
            f"offer:{offer.pk}:{name}:{about}",
            to=address,
            subject=SUBJECTS[name],
            body=in_both_languages(
                f"projects/mail/offer-{name}.txt",
                {"offer": offer, "agency": offer.agency, "link": link, **context},
            ),
            now=now,
            language=language,
            owner=offer.agency.slug,
            from_name=str(offer.agency),
            reply_to=offer.agency.email,
            is_secret=is_secret,
            not_after=not_after,
        )


def to_office(offer: Offer, *, now: dt.datetime) -> None:
    """Tell the agency that an offer waits for release."""
    if not offer.agency.email:
        return
    with override(settings.LANGUAGE_CODE):
        link = settings.SITE_URL + reverse("admin:projects_offer_change", args=[offer.pk])
        outbox.put(
            f"offer:{offer.pk}:office-new",
            to=offer.agency.email,
            subject=SUBJECTS["office-new"],
            body=in_both_languages(
                "projects/mail/offer-office-new.txt", {"offer": offer, "link": link}
            ),
            now=now,
            owner=offer.agency.slug,
            from_name=str(offer.agency),
        )


def language_of(offer: Offer) -> str:
    """The language in which the offer was written, where the portal speaks it."""
    written = sorted(row.language_code for row in offer.translations.all())
    if settings.LANGUAGE_CODE in written:
        return settings.LANGUAGE_CODE
    return next(filter(None, map(offered_code, written)), settings.LANGUAGE_CODE)
