"""People whose names are no business of Django's journal, which outlives their rows."""

from django.contrib.admin.models import LogEntry
from django.contrib.admin.options import get_content_type_for_model


class Unnamed:
    """Rows about people whose names are not for Django's list of what staff have done.

    `label_in_journal(row)` stands there instead, in all that the journal has about the row.
    """

    def label_in_journal(self, row) -> str:
        raise NotImplementedError

    def log_addition(self, request, obj, message):
        super().log_addition(request, obj, message)
        self._leave_unnamed(obj)

    def log_change(self, request, obj, message):
        super().log_change(request, obj, message)
        self._leave_unnamed(obj)

    def log_deletions(self, request, queryset):
        super().log_deletions(request, queryset)
        for row in queryset:
            self._leave_unnamed(row)

    def _leave_unnamed(self, row) -> None:
        told = LogEntry.objects.filter(content_type=get_content_type_for_model(row))
        told = told.filter(object_id=str(row.pk))
        told.update(object_repr=self.label_in_journal(row)[:200])
