"""Reading an uploaded table, whatever kind of file it is."""

from django.utils.translation import gettext as _

from portal.sheets import csv_files, xlsx_files
from portal.sheets.kinds import MAX_ROWS, Problem, Sheet, UnreadableError

__all__ = ["MAX_BYTES", "MAX_ROWS", "read"]

MAX_BYTES = 5 * 2**20
_ZIP = b"PK\x03\x04"
_OLD_OFFICE = b"\xd0\xcf\x11\xe0"
_OTHER_KINDS = (_OLD_OFFICE, b"%pdf", b"\x89png", b"\xff\xd8\xff", b"{\\rtf", b"<!", b"<html")


def read(content: bytes) -> Sheet:
    """The first table of a CSV or XLSX file. What kind it is, its first bytes say, not its name.

    Raises `UnreadableError` when nothing of it can be used.
    """
    if len(content) > MAX_BYTES:
        message = _("The file is larger than %(size)d MB.") % {"size": MAX_BYTES // 2**20}
        raise UnreadableError(Problem(message))
    if not content.strip():
        raise UnreadableError(Problem(_("The file is empty.")))
    if content.startswith(_ZIP):
        return xlsx_files.read(content)
    if content.lstrip()[:8].lower().startswith(_OTHER_KINDS):
        message = _("This is neither CSV nor XLSX. Please save the table as one of these.")
        raise UnreadableError(Problem(message))
    return csv_files.read(content)
