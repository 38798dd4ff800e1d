"""Applications: the queue of the office, and one page for each."""

from django.contrib import admin

from contacts.admin.scoped import ReadOnly, ScopedAdmin
from projects.models import Application


@admin.register(Application)
class ApplicationAdmin(ReadOnly, ScopedAdmin):
    list_display = ["reference", "title", "applicant_name", "state", "submitted_at"]
    list_filter = ["state"]
    search_fields = ["reference", "title", "applicant_name"]
