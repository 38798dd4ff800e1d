"""What somebody has entered for the guide of local offers, by the e-mail address for questions."""

import datetime as dt

from django.utils.translation import gettext_lazy as _

from portal.models import User
from portal.privacy import Export
from projects.models import Offer

LABELS = {
    "offer": _("offer"),
    "state": _("state"),
    "entered": _("entered"),
    "name": _("entered by"),
    "address": _("e-mail for questions"),
}


def export(user: User) -> Export:
    rows = Offer.objects.filter(submitter_email__lower=user.email.lower()).order_by("pk")
    data = [
        {
            "offer": str(row),
            "state": row.get_state_display(),
            "entered": row.submitted_at,
            "name": row.submitter_name,
            "address": row.submitter_email,
        }
        for row in rows.prefetch_related("translations")
    ]
    return Export(data, LABELS)


def erase(user: User, now: dt.datetime) -> bool:
    """The offer itself belongs to its provider, and stays."""
    own = Offer.objects.filter(submitter_email__lower=user.email.lower())
    own.update(submitter_name="", submitter_email="")
    return False
