"""Letters of a case: the documents, how they reached their reader, and what was put in the post."""

from collections.abc import Iterator
from io import BytesIO

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from portal import clock
from portal.files import as_attachment
from projects import deliveries
from projects.admin.cases.frame import Panel, Possible, Seen, View, address, case_of
from projects.admin.cases.steps import DayForm, acting, with_form
from projects.letters import title_of
from projects.models import Application, Delivery, Letter
from projects.states import Actor

Way = Delivery.Way
OFFICE = (Actor.CASEWORKER, Actor.DECIDER)


def read(seen: Seen) -> dict:
    rows = seen.case.letters.defer("pdf", "content").select_related("issued_by")
    rows = rows.prefetch_related("deliveries__sent_by").order_by("-number")
    letters = [(row, title_of(row.kind), _waits(row)) for row in rows]
    return {"letters": letters}


PANEL = Panel("admin/projects/application/_letters.html", read)


def _waits(letter: Letter) -> bool:
    """Whether somebody has to put it in the post."""
    return any(way.way == Way.POST and way.sent_on is None for way in letter.deliveries.all())


def possible(seen: Seen) -> Iterator[Possible]:
    rows = seen.case.letters.defer("pdf", "content").prefetch_related("deliveries")
    for row in rows.order_by("number"):
        if _waits(row):
            reason = "" if seen.parts & set(OFFICE) else seen.why_not(Actor.CASEWORKER)
            label = _("Letter %(number)d was posted") % {"number": row.number}
            url = address(seen.case, "letter_posted", row.number)
            yield Possible("letter_posted", label, url, reason, is_main=True)


def letter_of(case: Application, number: int) -> Letter:
    row = case.letters.defer("content").filter(number=number).first()
    if row is None:
        raise Http404
    return row


def document(page, request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """The letter as it was issued; that staff open it delivers nothing."""
    case = case_of(page, request, pk)
    row = letter_of(case, number)
    name = f"{case.reference}-{title_of(row.kind)}-{number}.pdf"
    return as_attachment(BytesIO(row.pdf), name=name, content_type="application/pdf")


def posted(page, request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Say on which day a letter was put in the post; its days follow from that."""
    case = acting(page, request, pk, *OFFICE)
    row, now = letter_of(case, number), clock.now()
    form = DayForm(
        request.POST or None,
        label=_("Posted on"),
        help_text=_("It counts as announced on the fourth day after that, also on a Sunday."),
        initial={"day": clock.today(now)},
    )

    def post(values: dict) -> None:
        deliveries.post(row, posted_on=values["day"], by=request.user, now=now)

    title = _("Letter %(number)d was posted") % {"number": number}
    return with_form(page, request, case, form, post, _("The days are computed."), title=title)


VIEWS: dict[str, tuple[str, View]] = {
    "letter": ("<int:pk>/letter/<int:number>/", document),
    "letter_posted": ("<int:pk>/letter/<int:number>/posted/", posted),
}
