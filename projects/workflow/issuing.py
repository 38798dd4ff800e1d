"""Issuing a letter together with what it says: both happen, or neither."""

import datetime as dt
from collections.abc import Callable

from django.db import transaction
from django.utils.translation import gettext as _

from projects import deliveries, events, letters
from projects.events import Kind
from projects.models import Application, Letter
from projects.states import Actor
from projects.workflow.moving import RefusedError, fresh, locked, parts_of


def issue(
    application: Application,
    compose: Callable[[Application], dict],
    act: Callable[[Application, Letter], Actor],
    *,
    by,
    now: dt.datetime,
) -> Letter:
    """Render what `compose` says of the case, then lock it, store the letter, and `act`.

    Rendering takes place before the transaction; inside it `compose` has to say the same once more,
    or somebody has changed the case meanwhile. `act` moves states and books money, refuses by
    RefusedError, and returns the part in which `by` acted. A refusal leaves nothing behind.
    """
    content = compose(fresh(application))
    pdf = letters.render(content, now=now)
    with transaction.atomic():
        case = locked(application)
        if letters.digest_of(compose(case)) != letters.digest_of(content):
            raise RefusedError(
                _("Somebody has just changed the case. Please look at it once more.")
            )
        letter = deliveries.store(case, Letter.Kind(content["kind"]), content, pdf, by=by, now=now)
        actor = act(case, letter)
        events.record(
            case,
            Kind.LETTER_ISSUED,
            actor=actor or min(parts_of(by, case)),
            by=by,
            now=now,
            letter=letter.number,
            kind=letter.kind,
            digest=letter.digest,
            pdf=letter.pdf_digest,
        )
        return letter
