"""Mails about a grant: the money that is asked for and paid, changes, more time, its end."""

import datetime as dt

from projects import account_links, iban
from projects.mails.sending import to_applicants, to_office
from projects.models import Amendment, Application, Extension, Payout

PAGE = ("projects:grant",)


# Money --------------------------------------------------------------------------------------------


def payout_is_requested(application: Application, payout: Payout, *, now: dt.datetime) -> None:
    """The receipt to everybody who writes along, and for another account, whether it is right."""
    _to_applicants(application, "payout-received", payout, now=now)
    if payout.is_other_account:
        account_is_to_be_confirmed(application, payout, number=payout.pk, now=now)
    to_office(application, "office-payout", number=payout.pk, now=now, payout=payout)


def account_is_changed(
    application: Application, payout: Payout, *, number: int, now: dt.datetime
) -> None:
    """After a bounce; `number` is that of the event."""
    if payout.is_other_account:
        account_is_to_be_confirmed(application, payout, number=f"{payout.pk}-{number}", now=now)
    to_office(application, "office-account", number=number, now=now, payout=payout)


def account_is_to_be_confirmed(
    application: Application, payout: Payout, *, number: int | str, now: dt.datetime
) -> None:
    """The link with the button, to everybody: whoever reads none of these mails cannot press it."""
    page = ("projects:confirm_account", account_links.token_of(payout))
    context = {"payout": payout, "account": iban.masked(payout.iban)}
    to_applicants(application, "account", number=number, now=now, page=page, **context)


def account_is_confirmed(
    application: Application, payout: Payout, *, number: int, now: dt.datetime
) -> None:
    to_office(application, "office-account", number=number, now=now, payout=payout)


def payout_is_refused(application: Application, payout: Payout, *, now: dt.datetime) -> None:
    _to_applicants(application, "payout-refused", payout, now=now)


def payout_is_paid(application: Application, payout: Payout, *, now: dt.datetime) -> None:
    _to_applicants(application, "payout-paid", payout, now=now)


def payout_has_bounced(
    application: Application, payout: Payout, *, number: int, now: dt.datetime
) -> None:
    """It may bounce more than once; `number` is that of the event."""
    context = {"number": number, "payout": payout}
    to_applicants(application, "payout-bounced", now=now, page=PAGE, **context)
    to_office(application, "office-payout-bounced", now=now, **context)


def _to_applicants(
    application: Application, name: str, payout: Payout, *, now: dt.datetime
) -> None:
    to_applicants(application, name, number=payout.pk, now=now, page=PAGE, payout=payout)


# The grant itself ---------------------------------------------------------------------------------


def amendment_is_asked(application: Application, asked: Amendment, *, now: dt.datetime) -> None:
    to_applicants(application, "amendment-received", number=asked.pk, now=now, page=PAGE)
    to_office(application, "office-amendment", number=asked.pk, now=now)


def objection_is_waived(application: Application, *, now: dt.datetime) -> None:
    to_applicants(application, "waived", now=now, page=PAGE)
    to_office(application, "office-waived", now=now)


def grant_is_declined(application: Application, *, paid: int, now: dt.datetime) -> None:
    """`paid` are the cents that have to come back."""
    to_applicants(application, "declined", now=now, page=PAGE, paid=paid)
    to_office(application, "office-declined", now=now, paid=paid)


def time_is_extended(application: Application, extension: Extension, *, now: dt.datetime) -> None:
    context = {"number": extension.pk, "extension": extension}
    to_applicants(application, "extended", now=now, page=PAGE, **context)
