"""Mail that did not arrive, among what needs doing on the start page of the administration."""

from collections.abc import Iterator

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal import clock
from portal.dashboard import Line
from portal.models import OutboxMessage

RANK = 9  # among lines of as many look-ups: before what visitors tell us


def lines(request: HttpRequest) -> Iterator[Line]:
    """One line for all undelivered mail that the user may see, or none: one query."""
    rows = OutboxMessage.objects.visible_to(request.user)
    number = rows.undelivered(clock.now()).count()
    if number:
        text = ngettext("%d mail was not delivered", "%d mails were not delivered", number)
        yield Line(
            what=text % number,
            detail=_("Somebody waits for an answer that did not arrive."),
            url=f"{reverse('admin:portal_outboxmessage_changelist')}?state=undelivered",
            rank=RANK,
        )
