"""What the pages of programmes, rules and calls have in common: who changes them."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpResponseRedirect

from projects.actors import FUNDING_ADMINS


class FundingAdmin:
    """For a `ScopedAdmin`: agency administrators change, other staff of the agency read.

    Who only reads gets `read_fieldsets`: plain facts instead of a form.
    """

    task = "funding"
    changed_by = FUNDING_ADMINS
    read_fieldsets: list = []

    def get_fieldsets(self, request, obj=None):
        if obj is not None and self.read_fieldsets and not self.has_change_permission(request, obj):
            return self.read_fieldsets
        return super().get_fieldsets(request, obj)

    def get_readonly_fields(self, request, obj=None):
        fields = super().get_readonly_fields(request, obj)
        if obj is not None and self.read_fieldsets and not self.has_change_permission(request, obj):
            named = [name for _title, part in self.read_fieldsets for name in part["fields"]]
            return tuple(dict.fromkeys((*fields, *named)))
        return fields

    def changeform_view(self, request, *args, **kwargs):
        """A refusal by a verb is told in words, and nothing is written, not even half."""
        if request.method != "POST":
            return super().changeform_view(request, *args, **kwargs)
        try:
            with transaction.atomic():
                return super().changeform_view(request, *args, **kwargs)
        except ValidationError as refused:
            for message in refused.messages:
                self.message_user(request, message, messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())
