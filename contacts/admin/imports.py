"""Import in the administration: upload a file, see what it would do, publish that, take it back."""

import logging
from collections.abc import Mapping

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts import imports
from contacts.admin.filters import AgencyFilter
from contacts.admin.import_forms import COMPLETE, UploadForm
from contacts.admin.preview import preview, wants_preview
from contacts.admin.publishing_page import tell_published
from contacts.admin.rules import tell
from contacts.admin.scoped import ReadOnly, ScopedAdmin
from contacts.imports import OutdatedError, tables
from contacts.imports.plans import LEFT_OUT, Plan
from contacts.models import ImportDraft, Post
from contacts.publishing import RefusedError
from contacts.quality.gap_words import sentence, where
from contacts.rehearsal import rehearsing
from contacts.roles import agencies_of
from portal import clock, sheets
from portal.exports import attachment
from portal.sheets import UnreadableError

logger = logging.getLogger(__name__)

SHOWN = 200  # lines of one group, unless all are asked for
ASKED_AT_ONCE = 50  # unclear rows with a choice each
PREVIEWED = 20  # public pages to choose from


@admin.register(ImportDraft)
class ImportDraftAdmin(ReadOnly, ScopedAdmin):
    """For those who may change contacts; nobody else sees what was uploaded."""

    task = "contacts"
    rank = 8
    list_display = ["file_name", "kind", "uploaded_at", "uploaded_by", "is_published", "agency"]
    list_filter = ["kind", AgencyFilter]
    list_select_related = ["agency", "uploaded_by"]

    def may_look(self, request) -> bool:
        user = request.user
        return super().may_look(request) and (
            user.is_superuser or bool(agencies_of(user, self.changed_by))
        )

    def get_queryset(self, request):
        found = super().get_queryset(request).prefetch_related("agency__translations")
        if request.user.is_superuser:
            return found
        return found.of_agencies(agencies_of(request.user, self.changed_by))

    def has_add_permission(self, request, obj=None) -> bool:
        return self.may_change(request)

    def has_delete_permission(self, request, obj=None) -> bool:
        """What was published stays on record."""
        return self.may_change(request, obj) and (obj is None or obj.publication_id is None)

    @admin.display(description=gettext_lazy("published"), boolean=True)
    def is_published(self, draft: ImportDraft) -> bool:
        return draft.publication_id is not None

    def get_urls(self):
        view = self.admin_site.admin_view(self.table_view)
        own = path("table/<slug:kind>/<slug:file_format>/", view, name="contacts_importdraft_table")
        return [own, *super().get_urls()]

    # Tables to fill in ----------------------------------------------------------------------------

    def table_view(self, request: HttpRequest, kind: str, file_format: str) -> HttpResponse:
        """What is stored, in the shape in which it can be read again; with `empty`, only the head.

        The agency is that of `agency` (an id), else the first for which the user speaks.
        """
        if not self.may_look(request):
            raise PermissionDenied
        if kind not in ImportDraft.Kind.values or file_format not in sheets.FORMATS:
            raise Http404
        agencies = self.agencies_changed_by(request)
        asked = request.GET.get("agency", "")
        if asked:
            is_number = asked.isascii() and asked.isdigit() and len(asked) < 10
            agencies = agencies.filter(pk=asked) if is_number else agencies.none()
        agency = agencies.first()
        if agency is None:
            raise Http404
        is_empty = "empty" in request.GET
        rows = [] if is_empty else tables.rows(kind, agency, today=clock.today())
        logger.info("Table of %s saved: %d rows, by user %d", kind, len(rows), request.user.pk)
        title = ImportDraft.Kind(kind).label
        name = f"{title} {agency.slug} {clock.today().isoformat()}"
        content = sheets.write(file_format, tables.header(kind), rows)
        return attachment(content, name=name, file_format=file_format)

    # Upload ---------------------------------------------------------------------------------------

    def add_view(self, request: HttpRequest, form_url="", extra_context=None) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        agencies = self.agencies_changed_by(request).prefetch_related("translations")
        form = UploadForm(
            request.POST or None,
            request.FILES or None,
            agencies=agencies,
            today=clock.today(),
        )
        problems = ()
        if request.method == "POST" and form.is_valid():
            try:
                return self._uploaded(request, form)
            except UnreadableError as unreadable:
                problems = unreadable.problems
        context = {
            **self.admin_site.each_context(request),
            "title": _("Import a file"),
            "opts": self.opts,
            "form": form,
            "problems": problems,
            "agencies": agencies,
            "kinds": ImportDraft.Kind.choices,
            "formats": list(sheets.FORMATS),
        }
        status = 422 if form.errors or problems else 200
        template = "admin/contacts/importdraft/upload.html"
        return TemplateResponse(request, template, context, status=status)

    def _uploaded(self, request: HttpRequest, form: UploadForm) -> HttpResponse:
        values = form.cleaned_data
        draft, notes = imports.upload(
            values["file"].read(),
            name=values["file"].name,
            agency=values["agency"],
            effective_on=values["effective_on"],
            is_complete=values["left_out"] == COMPLETE,
            by=request.user,
            now=clock.now(),
        )
        for note in notes:
            messages.warning(request, note)
        return HttpResponseRedirect(self._page_of(draft))

    def _page_of(self, draft: ImportDraft) -> str:
        return reverse("admin:contacts_importdraft_change", args=[draft.pk])

    # The draft ------------------------------------------------------------------------------------

    def change_view(self, request, object_id, form_url="", extra_context=None) -> HttpResponse:
        draft = self.get_object(request, object_id)
        if not self.may_change(request, draft):
            raise PermissionDenied
        if request.method == "POST" and draft.publication_id is None:
            if "_choose" in request.POST:
                imports.choose(draft, _choices(request.POST))
            elif wants_preview(request):
                return self._preview(request, draft)
            elif "_publish" in request.POST:
                self._publish(request, draft)
            return HttpResponseRedirect(self._page_of(draft))
        return self._look(request, draft)

    def _look(self, request: HttpRequest, draft: ImportDraft) -> HttpResponse:
        on = imports.day_of(draft, today=clock.today())
        context = {
            **self.admin_site.each_context(request),
            "title": str(draft),
            "opts": self.opts,
            "draft": draft,
            "on": on,
            "publication": draft.publication,
        }
        if draft.publication is None:
            found = imports.plan(draft, today=clock.today())
            outlook = imports.look_ahead(draft, found, by=request.user, now=clock.now())
            problems = [*found.problems, *outlook.problems]
            context |= {
                "plan": found,
                "groups": _groups(found),
                "limit": None if "all" in request.GET else SHOWN,
                "problems": sorted(problems, key=lambda problem: problem.line or 0),
                "unmatched": found.unmatched[:ASKED_AT_ONCE],
                "left_out": LEFT_OUT,
                "consequences": outlook.consequences,
                "gaps": [f"{where(gap)}: {sentence(gap)}" for gap in outlook.gaps],
                "pages": _pages(found),
                "may_publish": found.is_sound and not outlook.problems and found.size,
            }
        return TemplateResponse(request, "admin/contacts/importdraft/draft.html", context)

    def _publish(self, request: HttpRequest, draft: ImportDraft) -> None:
        try:
            published, led_to = imports.publish(
                draft,
                looked=request.POST.get("looked", ""),
                by=request.user,
                now=clock.now(),
            )
        except OutdatedError:
            text = _(
                "Nothing has been published: meanwhile somebody has changed something. This is "
                "what the file comes to now."
            )
            messages.warning(request, text)
        except RefusedError as refused:
            for message in refused.messages:
                messages.error(request, message)
        else:
            if published is None:
                messages.info(request, _("Nothing has changed."))
                return
            tell(request, led_to)
            tell_published(request, published)

    def _preview(self, request: HttpRequest, draft: ImportDraft) -> HttpResponse:
        """A public page as it would be; nothing of it stays."""
        looked = imports.plan(draft, today=clock.today()).digest
        try:
            with rehearsing():
                imports.publish(draft, looked=looked, by=request.user, now=clock.now())
                day = imports.day_of(draft, today=clock.today())
                return preview(request, default=day)
        except (RefusedError, OutdatedError):
            return HttpResponse(_("This page cannot be shown."), status=422)


def _groups(found: Plan) -> list[tuple[str, str, list]]:
    """What the file does, group by group, with the anchor and heading of each."""
    groups = [
        ("new", _("New"), found.new),
        ("changed", _("Changed"), found.changed),
        ("ended", _("Ended"), found.ended),
        ("left-out", _("Left out"), found.left_out),
        ("unchanged", _("Unchanged"), found.unchanged),
    ]
    return [group for group in groups if group[2]]


def _choices(posted: Mapping[str, str]) -> dict[tuple[int, str], str]:
    """What was chosen for unclear rows: fields are called `choice-<line>-<field>`."""
    found = {}
    for name, value in posted.items():
        head, _dash, rest = name.partition("-")
        line, _dash, field = rest.partition("-")
        is_line = line.isascii() and line.isdigit() and len(line) < 10
        if head == "choice" and is_line and field in ("place", "post", "holder") and value:
            found[int(line), field] = value[:200]
    return found


def _pages(found: Plan) -> list[tuple[str, str]]:
    """Public pages that show the difference, as (address, name)."""
    areas = [row.area for c in found.changes for row in (c.before, c.row) if row]
    posts = [edit.before for edit in found.edits if isinstance(edit.before, Post)]
    rows = [*dict.fromkeys(areas)][:PREVIEWED] + [*dict.fromkeys(posts)][:PREVIEWED]
    return [(row.get_absolute_url(), str(row)) for row in rows]
