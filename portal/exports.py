"""Lists of the administration as files: what the list shows, as filtered, searched and ordered."""

import datetime as dt
import logging
from collections.abc import Iterator
from html import unescape

from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import label_for_field, lookup_field
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.urls import path, reverse
from django.utils.html import strip_tags
from django.utils.http import content_disposition_header
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from portal import clock, sheets

logger = logging.getLogger(__name__)

MAX_ROWS = 20_000
CHUNK = 950  # rows held at once; SQLite prefetches for less than a thousand


def attachment(content: bytes, *, name: str, file_format: str) -> HttpResponse:
    """A file to save, which no cache keeps."""
    response = HttpResponse(content, content_type=sheets.FORMATS[file_format])
    plain = "".join(char if char.isalnum() or char in " .-_" else "-" for char in name)
    response.headers["Content-Disposition"] = content_disposition_header(
        as_attachment=True, filename=f"{plain}.{file_format}"
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def streamed(pieces: Iterator[bytes], *, name: str) -> StreamingHttpResponse:
    """A CSV file to save, sent while it is written (`sheets.csv_pieces`)."""
    response = StreamingHttpResponse(pieces, content_type=sheets.FORMATS["csv"])
    response.headers["Content-Disposition"] = content_disposition_header(
        as_attachment=True, filename=f"{name}.csv"
    )
    response.headers["Cache-Control"] = "no-store"
    return response


class Exportable:
    """For a `ModelAdmin`: its list as CSV and XLSX, for whoever sees the list.

    `not_exported` are columns that only make sense on a page. The number of queries is that of
    the list.
    """

    not_exported: tuple[str, ...] = ()

    def get_urls(self):
        view = self.admin_site.admin_view(self.export_view)
        own = path("export/<slug:file_format>/", view, name=self._export_name())
        return [own, *super().get_urls()]

    def _export_name(self) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_export"

    def export_view(self, request: HttpRequest, file_format: str) -> HttpResponse:
        if file_format not in sheets.FORMATS:
            raise Http404
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        asked = request.GET.copy()
        asked.pop("p", None)  # all pages of the list
        asked.pop("all", None)
        request.GET = asked
        listed = self.exported_list(request)
        if listed.result_count > MAX_ROWS:
            text = _("More than %(number)d rows: please filter the list first.")
            self.message_user(request, text % {"number": MAX_ROWS}, "ERROR")
            address = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")
            return HttpResponseRedirect(f"{address}?{asked.urlencode()}")
        columns = [
            name
            for name in listed.list_display
            if name != "action_checkbox" and name not in self.not_exported
        ]
        header = [str(label_for_field(name, self.model, self)) for name in columns]
        rows = listed.queryset.iterator(chunk_size=CHUNK)
        lines = ([self._cell(name, row) for name in columns] for row in rows)
        logger.info(
            "List of %s saved: %d rows as %s, by user %d",
            self.opts.label_lower,
            listed.result_count,
            file_format,
            request.user.pk,
        )
        name = f"{self.opts.verbose_name_plural} {clock.today().isoformat()}"
        content = sheets.write(file_format, [capitalised(text) for text in header], lines)
        return attachment(content, name=capitalised(name), file_format=file_format)

    def exported_list(self, request: HttpRequest):
        """The list that the address asks for; a question that no filter offers is a 404."""
        try:
            return self.get_changelist_instance(request)
        except IncorrectLookupParameters:
            raise Http404 from None

    def _cell(self, name: str, row: Model) -> str:
        field, _attribute, value = lookup_field(name, row, self)
        if field is not None and field.flatchoices:
            value = dict(field.flatchoices).get(value, value)
        return as_text(value)


def capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]


def as_text(value) -> str:
    """A value of a list as the text of a cell; times are local."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, dt.datetime):
        return clock.local(value).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, SafeString):
        return unescape(strip_tags(value)).strip()
    if isinstance(value, list | tuple):
        return ", ".join(as_text(part) for part in value)
    return str(value)
