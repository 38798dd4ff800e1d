"""The blank list of participants to print: signatures stay on paper, the office needs the number.

It asks for no address, no date of birth and no residence status.
"""

import datetime as dt

from django.utils.translation import gettext as _
from django.utils.translation import override

from portal import pdf
from projects.answers import OFFICIAL
from projects.models import Application

LINES = 17  # of one page


def render(application: Application, *, now: dt.datetime) -> bytes:
    """An empty list with the number of the case, as PDF/UA-1."""
    with override(OFFICIAL):
        number = {"number": application.reference}
        title = _("List of participants %(number)s") % number
        data = {
            "facts": [
                [_("Number"), application.reference],
                [_("Project"), application.title or "–"],
            ],
            "reference": application.reference,
            "sections": [{"title": _("List of participants"), "parts": _parts()}],
        }
        return pdf.render("document.typ", data, language=OFFICIAL, title=title, now=now)


def _parts() -> list[dict]:
    columns = [
        (_("No."), False),
        (_("First name and first letter of the surname"), True),
        (_("Town"), False),
        (_("Signature"), True),
    ]
    return [
        {
            "kind": "note",
            "text": _(
                "We need it only to count. It is erased as soon as the account of the grant has "
                "been checked."
            ),
        },
        {"kind": "signatures", "labels": [_("Day"), _("Place"), _("Led by")]},
        {
            "kind": "rows",
            "label": _("Who was there"),
            "hint": "",
            "columns": [
                {"label": label, "amount": False, "wide": is_wide} for label, is_wide in columns
            ],
            "lines": LINES,
        },
        {"kind": "signatures", "labels": [_("Participants in all"), _("Signature")]},
    ]
