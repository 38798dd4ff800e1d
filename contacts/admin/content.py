"""What agencies publish, in the administration."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts import document_files
from contacts.admin.filters import AgencyFilter
from contacts.admin.scoped import ScopedTranslatableAdmin
from contacts.admin.search import FoldedSearch
from contacts.models import Document, NewsItem
from contacts.models.content import validate_day, validate_partial_date
from portal.forms import PortalForm
from portal.uploads import MAX_FILE, MB


class FileForm(PortalForm):
    """The PDF of a document; pages, size and tags are found out by the server."""

    file = forms.FileField(
        label=gettext_lazy("PDF"),
        error_messages={"required": gettext_lazy("Choose a file.")},
        widget=forms.FileInput(attrs={"accept": ".pdf"}),
    )

    def prepare(self) -> None:
        limit = _("At most %(limit)s MB.") % {"limit": MAX_FILE // MB}
        self.fields["file"].help_text = limit


class EditionForm(FileForm):
    """The next edition of a document: what is new about it."""

    title = forms.CharField(
        label=gettext_lazy("Title"),
        max_length=200,
        error_messages={"required": gettext_lazy("Enter the title.")},
    )
    issued = forms.CharField(
        label=gettext_lazy("Of"),
        max_length=10,
        required=False,
        validators=[validate_partial_date, validate_day],
        help_text=gettext_lazy("A year, a month or a day, such as 2019, 2019-05 or 2019-05-31."),
    )
    field_order = ["title", "issued", "file"]


@admin.register(NewsItem)
class NewsItemAdmin(FoldedSearch, ScopedTranslatableAdmin):
    task = "content"
    rank = 4
    list_display = ["__str__", "published_on", "valid_until", "agency"]
    list_filter = [AgencyFilter]
    date_hierarchy = "published_on"
    search_fields = ["translations__title", "slug"]
    settled_fields = ("slug", "agency")
    fieldsets = [
        (gettext_lazy("What there is to tell"), {"fields": ["title", "summary", "text"]}),
        (gettext_lazy("From when to when"), {"fields": [("published_on", "valid_until")]}),
        (gettext_lazy("Belongs to"), {"fields": ["agency", "slug"]}),
    ]

    def get_queryset(self, request):
        found = super().get_queryset(request).select_related("agency")
        return found.prefetch_related("translations", "agency__translations")

    def get_prepopulated_fields(self, request, obj=None):
        return {} if obj else {"slug": ("title",)}  # a method: the title is a translated one


@admin.register(Document)
class DocumentAdmin(FoldedSearch, ScopedTranslatableAdmin):
    task = "content"
    rank = 3
    change_form_template = "admin/contacts/document/change_form.html"
    list_display = ["__str__", "kind", "issued", "language", "valid_until", "agency"]
    list_filter = [AgencyFilter, "kind"]
    search_fields = ["translations__title", "slug"]
    autocomplete_fields = ["superseded_by"]
    settled_fields = ("slug", "agency")
    readonly_fields = ["file_name", "pages", "is_tagged"]
    fieldsets = [
        (gettext_lazy("What it is"), {"fields": ["title", "summary", "kind", "language"]}),
        (
            gettext_lazy("Of when, until when"),
            {"fields": ["issued", "valid_until", "superseded_by"]},
        ),
        (
            gettext_lazy("The file"),
            {
                "fields": ["file_name", "pages", "is_tagged", "size_bytes", "url"],
                "description": gettext_lazy("Save first, then upload it with the button above."),
            },
        ),
        (gettext_lazy("Belongs to"), {"fields": ["agency", "slug", "rank"]}),
    ]

    def get_queryset(self, request):
        found = super().get_queryset(request).select_related("agency")
        return found.prefetch_related("translations", "agency__translations")

    def get_prepopulated_fields(self, request, obj=None):
        return {} if obj else {"slug": ("title",)}  # a method: the title is a translated one

    # The file ------------------------------------------------------------------------------------

    def get_urls(self):
        own = [
            path(
                f"<path:object_id>/{name}/",
                self.admin_site.admin_view(view),
                name=f"contacts_document_{name}",
            )
            for name, view in (("file", self.file_view), ("edition", self.edition_view))
        ]
        return [*own, *super().get_urls()]

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        if obj is not None and self.may_change(request, obj):
            context["file_url"] = reverse("admin:contacts_document_file", args=[obj.pk])
            if obj.superseded_by_id is None:
                context["edition_url"] = reverse("admin:contacts_document_edition", args=[obj.pk])
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def file_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Upload the PDF, or another one in its place."""
        document = self._changeable(request, object_id)
        form = FileForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            try:
                document_files.put(document, form.cleaned_data["file"], by=request.user)
            except ValidationError as refusal:
                form.add_error("file", refusal)
            else:
                self.log_change(request, document, _("File uploaded."))
                self.message_user(request, _("The file is uploaded."), messages.SUCCESS)
                return self._to(document)
        return self._page(request, form, document, title=_("The PDF of “%s”") % document)

    def edition_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The next edition: a document of its own, to which this one leads from now on."""
        document = self._changeable(request, object_id)
        form = EditionForm(
            request.POST or None, request.FILES or None, initial={"title": str(document)}
        )
        if request.method == "POST" and form.is_valid():
            try:
                upload = form.cleaned_data.pop("file")
                newer = document_files.publish_edition(
                    document, upload, by=request.user, **form.cleaned_data
                )
            except ValidationError as refusal:
                form.add_error(None, refusal.messages)
            else:
                said = _("Published; “%s” leads to it now.") % document
                self.message_user(request, said, messages.SUCCESS)
                return self._to(newer)
        return self._page(request, form, document, title=_("The next edition of “%s”") % document)

    def _changeable(self, request: HttpRequest, object_id: str) -> Document:
        document = self.get_object(request, object_id)
        if not self.may_change(request, document):
            raise PermissionDenied
        return document

    def _to(self, document: Document) -> HttpResponse:
        address = reverse("admin:contacts_document_change", args=[document.pk])
        return HttpResponseRedirect(address)

    def _page(self, request, form, document: Document, *, title: str) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "form": form,
            "document": document,
            "title": title,
        }
        status = 422 if form.errors else 200
        template = "admin/contacts/document/upload.html"
        return TemplateResponse(request, template, context, status=status)
