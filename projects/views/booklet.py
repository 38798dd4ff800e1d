"""The guide as a booklet to print."""

import datetime as dt

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import override

from contacts.snapshot import current as contacts_of
from portal import limits
from portal.context import absolute
from portal.data_version import PerVersion
from portal.public import public_page
from projects.booklet import BY_KIND, BY_TOWN, Booklet, second_languages
from projects.guide import current
from projects.guide_filters import GuideFilter

A_MINUTE = 60
BOOKLETS_A_MINUTE = 10
KEPT = 8  # booklets of the newest data, in each process

rendered: PerVersion[dict[tuple, bytes]] = PerVersion(
    lambda _versions: {}, "places", "contacts", "content", is_kept=False
)


@public_page
def booklet(request: HttpRequest) -> HttpResponse:
    """What is filtered as PDF; `?ordnung=` by town or by kind, `?zweite=` one more language."""
    guide, snapshot = current(request.versions), contacts_of(request.versions)
    filters = GuideFilter(request.GET, guide=guide, snapshot=snapshot, on=request.on)
    if not filters.offers:
        return redirect(f"{reverse('projects:offers')}?{filters.query()}")
    second = request.GET.get("zweite", "")
    with override("de"):
        address = reverse("projects:offers")
    wanted = Booklet(
        offers=filters.offers,
        order=BY_KIND if request.GET.get("ordnung") == BY_KIND else BY_TOWN,
        second=second if second in dict(second_languages(guide.listed(request.on))) else "",
        region=", ".join(dict.fromkeys(place.name for place in filters.asked.places[:3])),
        url=absolute(request, address),
    )
    held = rendered.at(request.versions)
    key = (tuple(o.id for o in wanted.offers), wanted.order, wanted.second, wanted.region)
    key += (wanted.url, request.on)
    made = held.get(key)
    if made is None:
        within = limits.is_within(
            request, "booklet", amount=BOOKLETS_A_MINUTE, seconds=A_MINUTE, now=request.now
        )
        if not within:
            return render(request, "429.html", status=429)
        noon = dt.datetime.combine(request.on, dt.time(12), dt.UTC)
        made = wanted.render(snapshot=snapshot, now=noon)
        while len(held) >= KEPT:
            held.pop(next(iter(held)), None)
        held[key] = made
    return HttpResponse(
        made,
        content_type="application/pdf",
        headers={"Content-Disposition": 'inline; filename="angebote.pdf"'},
    )
