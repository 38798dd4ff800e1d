"""What the site does by itself: the mail that it sends, and its timed jobs. All of it is read only.

Staff see the mail of their agencies, superusers all. Nobody reads a text that holds a code or a
link that lets somebody in, except in the demo, where nothing leaves the outbox.
"""

from django.contrib import admin, messages
from django.core.exceptions import BadRequest, PermissionDenied, ValidationError
from django.http import Http404, HttpResponseRedirect
from django.template.defaultfilters import linebreaks
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import get_language_info, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from portal import clock, jobs, outbox, owners
from portal.admin_filters import OfferedFilter
from portal.models import JobRun, OutboxMessage

State = OutboxMessage.State
OPTIONAL = ("from_name", "reply_to", "problem", "smtp_code", "sent_at", "sent_again_by", "wiped_at")


class ReadOnlyPage(admin.ModelAdmin):
    """A list and a page for each row, of what is `visible_to` the user; nothing is changed."""

    task = "record"
    show_facets = admin.ShowFacets.NEVER
    show_full_result_count = False
    list_per_page = 50
    actions = None

    def get_queryset(self, request):
        return super().get_queryset(request).visible_to(request.user)

    def has_add_permission(self, request, obj=None) -> bool:
        return False

    has_change_permission = has_delete_permission = has_add_permission

    def get_object(self, request, object_id, from_field=None):
        found = super().get_object(request, object_id, from_field)
        if found is None:
            raise Http404
        return found

    def changelist_view(self, request, extra_context=None):
        """A list. PostgreSQL cannot even compare with a NUL, which no filter of ours offers."""
        if any("\0" in value for name in request.GET for value in request.GET.getlist(name)):
            raise BadRequest("NUL in the address")
        return super().changelist_view(request, extra_context)

    def lookup_allowed(self, lookup, value, request=None) -> bool:
        """Only what a filter of this list asks; no column is compared with what an address says."""
        return lookup in {asked.parameter_name for asked in self.get_list_filter(request)}


class StateFilter(OfferedFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return [("undelivered", _("undelivered: to look at")), *State.choices]

    def pick(self, queryset, key):
        if key == "undelivered":
            return queryset.undelivered(clock.now())
        return queryset.filter(state=key)


class OwnerFilter(OfferedFilter):
    """Only the agencies of the user; no filter where that is one."""

    title = _("agency")
    parameter_name = "agency"

    def lookups(self, request, model_admin):
        shown = owners_shown(request)
        return sorted(shown.items(), key=lambda item: item[1]) if len(shown) > 1 else []

    def pick(self, queryset, key):
        return queryset.filter(owner=key)


def owners_shown(request) -> dict[str, str]:
    """The names of the owners whose rows the user may read, by key; asked once a request."""
    if not hasattr(request, "_owners_shown"):
        seen = owners.seen_by(request.user)
        request._owners_shown = {
            key: name
            for key, name in owners.names().items()
            if request.user.is_superuser or key in seen
        }
    return request._owners_shown


@admin.register(OutboxMessage)
class OutboxMessageAdmin(ReadOnlyPage):
    rank = 1
    change_form_template = "admin/decisions.html"
    list_filter = [StateFilter, OwnerFilter]
    search_fields = ["recipient"]
    search_help_text = _("By the recipient's address")
    fieldsets = [
        (None, {"fields": ["subject", "to", "from_name", "reply_to", "text", "in_language"]}),
        (
            _("Delivery"),
            {
                "fields": [
                    "state",
                    "problem",
                    "smtp_code",
                    "tries",
                    "created_at",
                    "not_before",
                    "sent_at",
                    "sent_again_by",
                    "wiped_at",
                ]
            },
        ),
        (_("Origin"), {"fields": ["about", "agency", "message_id"]}),
    ]

    def has_module_permission(self, request) -> bool:
        user = request.user
        return user.is_superuser or bool(owners.seen_by(user))

    def has_view_permission(self, request, obj=None) -> bool:
        return self.has_module_permission(request)

    def may_send_again(self, request, message: OutboxMessage) -> bool:
        """Whether the user may act for the agency whose message this is."""
        return request.user.is_superuser or message.owner in owners.changed_by(request.user)

    # List and page -------------------------------------------------------------------------------

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("sent_again_by")

    def get_list_display(self, request):
        """With the agency where the user sees several."""
        shown = ["subject", "to", "state", "problem", "created_at"]
        if len(names := owners_shown(request)) < 2:
            return shown

        @admin.display(description=_("agency"), ordering="owner")
        def agency(message: OutboxMessage) -> str:
            return names.get(message.owner, message.owner)

        return [*shown, agency]

    def get_fieldsets(self, request, obj=None):
        """Without what says nothing about this message."""
        left_out = {name for name in OPTIONAL if obj is None or not getattr(obj, name)}
        if obj is not None and obj.state != State.WAITING:
            left_out.add("not_before")
        return [
            (title, {"fields": [name for name in options["fields"] if name not in left_out]})
            for title, options in super().get_fieldsets(request, obj)
        ]

    def get_readonly_fields(self, request, obj=None):
        return ["to", "text", "in_language", "agency"]

    @admin.display(description=_("recipient"), ordering="recipient")
    def to(self, message: OutboxMessage) -> str:
        return message.recipient or gettext("wiped")

    @admin.display(description=_("text"))
    def text(self, message: OutboxMessage) -> str:
        if message.text_is_hidden:
            return gettext("Not shown: it holds a code or a link that lets somebody in.")
        if not message.body:
            return gettext("wiped")
        language = get_language_info(message.language)
        return format_html(
            '<div lang="{}" dir="{}" class="mail">{}</div>',
            message.language,
            "rtl" if language["bidi"] else "ltr",
            linebreaks(message.body),
        )

    @admin.display(description=_("language"))
    def in_language(self, message: OutboxMessage) -> str:
        return get_language_info(message.language)["name_translated"]

    @admin.display(description=_("agency"))
    def agency(self, message: OutboxMessage) -> str:
        return owners.names().get(message.owner, message.owner) or gettext("the whole site")

    # Send again ----------------------------------------------------------------------------------

    def get_urls(self):
        view = self.admin_site.admin_view(require_POST(self.send_again_view))
        name = "portal_outboxmessage_send-again"
        return [path("<path:object_id>/send-again/", view, name=name), *super().get_urls()]

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        if obj is not None and obj.can_be_sent_again and self.may_send_again(request, obj):
            address = reverse("admin:portal_outboxmessage_send-again", args=[obj.pk])
            context["decisions"] = [(address, _("Send again"))]
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def send_again_view(self, request, object_id: str):
        message = self.get_object(request, object_id)
        if not self.may_send_again(request, message):
            raise PermissionDenied
        try:
            again = outbox.resend(message, by=request.user, now=clock.now())
        except ValidationError as refusal:
            self.message_user(request, " ".join(refusal.messages), messages.ERROR)
        else:
            self.log_change(request, message, gettext("Sent again"))
            message = again
            self.message_user(request, gettext("The message leaves in a moment."), messages.SUCCESS)
        address = reverse("admin:portal_outboxmessage_change", args=[message.pk])
        return HttpResponseRedirect(address)


@admin.register(JobRun)
class JobRunAdmin(ReadOnlyPage):
    """For superusers: whether the jobs run, and what went wrong last."""

    rank = 9
    list_display = ["label", "last_start", "last_success", "report", "error"]
    fieldsets = [
        (None, {"fields": ["label", "name"]}),
        (_("Last run"), {"fields": ["last_start", "last_end", "last_success", "report", "error"]}),
        (_("Running"), {"fields": ["leased_until"]}),
    ]

    def has_module_permission(self, request) -> bool:
        return request.user.is_active and request.user.is_superuser

    def has_view_permission(self, request, obj=None) -> bool:
        return self.has_module_permission(request)

    def get_readonly_fields(self, request, obj=None):
        return ["label"]

    @admin.display(description=_("job"), ordering="name")
    def label(self, run: JobRun) -> str:
        job = jobs.registered().get(run.name)
        return str(job.label) if job else run.name
