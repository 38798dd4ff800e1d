"""The report on coverage and quality, and the reasons that staff give for a gap."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts import coverage, demand, quality, snapshot
from contacts.admin.filters import AgencyFilter
from contacts.admin.scoped import ScopedAdmin
from contacts.coverage import Gap
from contacts.demand import Demand
from contacts.models import Area, DocumentedGap
from contacts.places import Place
from contacts.quality import Finding, Kind, Severity
from contacts.quality.gap_words import place_name, sentence, where
from contacts.quality.stock import change_url
from contacts.roles import EDITORS, agencies_of
from contacts.snapshot import Snapshot
from contacts.todo import has_report, scope_of
from portal import clock, data_version
from portal.admin_site import OwnPage

SEVERITIES = {
    Severity.WRONG: gettext_lazy("Visitors get something wrong"),
    Severity.CHECK: gettext_lazy("To look at"),
    Severity.KNOWN: gettext_lazy("Good to know"),
}
AT_ONCE = 8  # rows of one kind that are shown before "more"


@admin.register(DocumentedGap)
class DocumentedGapAdmin(ScopedAdmin):
    task = "contacts"
    rank = 7
    list_display = ["area", "topic", "reason", "valid_until", "agency"]
    list_filter = [AgencyFilter]
    list_select_related = ["area__parent", "topic", "agency"]
    search_fields = ["area__name", "reason"]
    autocomplete_fields = ["area", "topic"]
    settled_fields = ("agency",)
    fieldsets = [
        (
            None,
            {
                "fields": ["agency", "area", "topic", "reason", "valid_until"],
                "description": gettext_lazy(
                    "Nobody answers for this place, and that is known. The report then counts it "
                    "as explained. Visitors do not read the reason."
                ),
            },
        ),
    ]

    def get_queryset(self, request):
        rows = super().get_queryset(request)
        return rows.prefetch_related("agency__translations", "topic__translations")

    def choices_for(self, model, request):
        """Only places in the districts of the agencies for which the user may speak."""
        choices = super().choices_for(model, request)
        if model is Area and not request.user.is_superuser:
            own = self.agencies_changed_by(request).values("districts")
            choices = choices.in_districts(own)
        return choices


# The report ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class GapRow:
    """A gap on the page. `reasons` are (address, place): where a reason for it can be written."""

    where: str
    message: str
    look_ups: int
    reason: str
    url: str
    reasons: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Section:
    """All findings of one kind, the most asked for first; `more` are those behind a fold."""

    kind: Kind
    rows: list[tuple[Finding, int]]

    @property
    def shown(self) -> list[tuple[Finding, int]]:
        return self.rows if len(self.rows) <= AT_ONCE + 2 else self.rows[:AT_ONCE]

    @property
    def more(self) -> list[tuple[Finding, int]]:
        return self.rows[len(self.shown) :]


def report(request: HttpRequest) -> TemplateResponse:
    """The page "Coverage and quality", for the agencies of the user or for one of them."""
    if not has_report(request):
        raise PermissionDenied
    scope = scope_of(request.user)
    held, on = snapshot.current(data_version.read()), clock.today()
    agencies = [a for a in held.agencies.values() if scope is None or a.id in scope]
    chosen = next((a for a in agencies if a.slug == request.GET.get("agency")), None)
    if chosen is not None:
        scope = frozenset({chosen.id})
    asked = demand.recent(on=on)
    gaps = coverage.gaps(held, on=on, known=coverage.reasons(scope), agencies=scope)
    rows = [(gap, _row(gap, held, asked, request.user)) for gap in gaps]
    rows.sort(key=lambda pair: -pair[1].look_ups)
    context = {
        **admin.site.each_context(request),
        "title": _("Coverage and quality"),
        "on": on,
        "until": on + (coverage.DAYS - 1) * coverage.ONE_DAY,
        "agencies": agencies if len(agencies) > 1 else [],
        "chosen": chosen,
        "gaps": [row for gap, row in rows if not gap.explained],
        "explained": [row for gap, row in rows if gap.explained],
        "groups": _groups(quality.report(held, on=on, agencies=scope), asked),
    }
    return TemplateResponse(request, "admin/contacts/report.html", context)


def _groups(findings: Iterable[Finding], asked: Demand) -> list[tuple[str, list[Section]]]:
    by_kind: dict[Kind, list[tuple[Finding, int]]] = {}
    for finding in findings:
        look_ups = asked.of(finding.places, finding.topic_id)
        by_kind.setdefault(finding.kind, []).append((finding, look_ups))
    for rows in by_kind.values():
        rows.sort(key=lambda row: -row[1])
    sections = [Section(kind, by_kind[kind]) for kind in Kind if kind in by_kind]
    groups = []
    for severity, title in SEVERITIES.items():
        own = [section for section in sections if section.kind.severity is severity]
        if own:
            groups.append((title, own))
    return groups


def _row(gap: Gap, held: Snapshot, asked: Demand, user) -> GapRow:
    towns = coverage.municipality_ids(gap.areas, held)
    may_explain = _speaker(gap, held, user)
    reasons = ()
    if may_explain is not None and not gap.explained:
        reasons = tuple(
            (_reason_url(gap, area, may_explain), place_name(area)) for area in gap.areas
        )
    return GapRow(
        where=where(gap),
        message=sentence(gap),
        look_ups=asked.of(towns, gap.topic.id if gap.topic else None),
        reason=gap.reason.text if gap.reason else "",
        url=_fix_url(gap, scope=scope_of(user), may_change=may_explain is not None),
        reasons=reasons,
    )


def _speaker(gap: Gap, held: Snapshot, user) -> int | None:
    """The agency for which `user` may say why nobody answers: that of the gap before others."""
    covering = [gap.agency.id, *(a.id for a in held.covering.get(gap.district.id, ()))]
    if user.is_superuser:
        return covering[0]
    own = agencies_of(user, EDITORS)
    return next((agency for agency in covering if agency in own), None)


def _reason_url(gap: Gap, area: Place, agency_id: int) -> str:
    values = {"agency": agency_id, "area": area.id}
    if gap.topic:
        values["topic"] = gap.topic.id
    return f"{reverse('admin:contacts_documentedgap_add')}?{urlencode(values)}"


def _fix_url(gap: Gap, *, scope: frozenset[int] | None, may_change: bool) -> str:
    """Where a gap is closed: the post that is not filled, a new rule, or the list of gaps."""
    if gap.reason:
        return change_url("documentedgap", gap.reason.id)
    own = [post for post in gap.posts if scope is None or post.agency.id in scope]
    if own:
        return change_url("post", own[0].id, field="staffing")
    if may_change and len(gap.areas) == 1 and not gap.areas[0].is_district:
        values = {"area": gap.areas[0].id} | ({"topic": gap.topic.id} if gap.topic else {})
        return f"{reverse('admin:contacts_responsibility_add')}?{urlencode(values)}"
    values = {"answer": "gap", "parent__id__exact": gap.district.id}
    return f"{reverse('admin:contacts_municipality_changelist')}?{urlencode(values)}"


admin.site.add_page(
    OwnPage(
        route="bericht/",
        name="contacts_report",
        view=report,
        label=gettext_lazy("Coverage and quality"),
        task="inbox",
        rank=0,
        is_for=has_report,
    )
)
