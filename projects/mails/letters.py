"""Word that a letter is there."""

import datetime as dt

from projects.mails.sending import to_applicants
from projects.models import Application, Letter


def letter_is_there(
    application: Application, letter: Letter, *, way: str, now: dt.datetime
) -> None:
    """Of several letters that nobody has been told of yet, only the last is told."""
    to_applicants(application, "letter", now=now, replace=True, letter=letter, way=way)
