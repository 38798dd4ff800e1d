"""Grants in every state that has a page of its own, for `every_page`."""

import datetime as dt

from django.urls import reverse

from contacts.models import Agency
from projects import account_links
from projects.models import Application, Call, Delivery
from projects.payment_lists import key_of
from projects.states import PayoutState
from projects.terms import Channel
from projects.workflow import amending
from tests.projects import grants

ASKED = "Es hat geregnet. مهرجان الجيران\n\n" + "Bewohnerschaftsnachmittagsveranstaltungsreihe" * 2


def add(found, agency: Agency, call: Call, content: dict, now: dt.datetime) -> None:
    options = {"call": call, "content": content, "now": now}
    fresh = grants.granted_in(agency, is_posted=False, **options).case
    Delivery.objects.filter(letter__application=fresh).delete()
    letter, sent_on = fresh.letters.get(), fresh.letters.get().dated
    Delivery.objects.create(letter=letter, way=Delivery.Way.PORTAL, sent_on=sent_on)
    found.add("new grant", "grant", fresh)
    found.add("granted application", "application", fresh)
    found.add("open a letter", "letter", fresh, 1)
    found.add_office("new grant", "change", fresh)

    announced = grants.granted_in(agency, **options)
    for name in ("waive", "decline", "amendment"):
        found.add(name, name, announced.case)
    found.add("object", "object_to", announced.case, 1)

    paid = grants.final_in(agency, **options)
    paid.bring(paid.ask(1_234, now=now), PayoutState.PAID, now=now)
    paid.bring(paid.ask(1_000, now=now), PayoutState.BOUNCED, now=now)
    paid.bring(paid.ask(2_000, now=now), PayoutState.REFUSED, now=now)
    paid.bring(paid.ask(500, now=now), PayoutState.ORDERED, now=now)
    other = paid.ask(600, now=now, iban=grants.OTHER_IBAN)
    what = amending.Wanted(ASKED, award_cents=44_000, lines={1: 25_400})
    asked = amending.request(paid.case, what, by=paid.amal, now=now)
    amending.check(asked, ASKED, by=paid.anna, now=now)
    case = paid.case
    found.add("grant with money", "grant", case)
    found.add("ask for money", "payout", case)
    found.add("account after a bounce", "payout_account", case, 2)
    found.add("confirm an account", "confirm_account", case, account_links.token_of(other))
    found.add_office("grant with money", "change", case)
    for name in ("check_amendment", "decide_amendment", "extend"):
        found.add_office(name, name, case)
    for name in ("payout_refuse", "payout_paid", "payout_bounced"):
        found.add_office(name, name, case, 1)
    listed = reverse("admin:projects_payout_changelist")
    row = case.grant.payouts.get(number=1)
    found.of_office |= {
        "payments": listed,
        "mark as paid": f"{reverse('admin:projects_payout_paid')}?row={row.pk}",
    }
    assert key_of(row.exported_at)

    paper = grants.granted_in(agency, **options).case
    Application.objects.filter(pk=paper.pk).update(channel=Channel.PAPER)
    for name in ("payout", "ask_amendment", "decline"):
        found.add_office(f"{name} of paper", name, paper)
    found.add_office("grant of paper", "change", paper)
