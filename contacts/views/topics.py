"""A page for each topic: who answers for it, and the look-up for one's own place."""

from itertools import groupby

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from contacts.cards import tiles_of
from contacts.enquiries.kinds import PAGES
from contacts.enquiries.routing import TOPICS
from contacts.interpreting import published as interpreting
from contacts.published import PostView, TopicView, in_force
from contacts.snapshot import Snapshot, current
from portal.public import public_page


@public_page
def topic(request: HttpRequest, slug: str) -> HttpResponse:
    snapshot = current(request.versions)
    found = snapshot.topic(slug)
    if found is None:
        raise Http404("no such topic")
    posts = sorted(_posts(found, request, snapshot), key=lambda post: post.agency.slug)  # stable
    return render(
        request,
        "contacts/topic.html",
        {
            "topic": found,
            "teams": [
                (agency, tiles_of(team, request.on))
                for agency, team in groupby(posts, key=lambda post: post.agency)
            ],
            "pools": (
                interpreting.current(request.versions).at_work(request.on)
                if slug == interpreting.TOPIC
                else []
            ),
            "enquiry": next((page for page in PAGES if TOPICS.get(page.kind) == slug), None),
        },
    )


def _posts(topic: TopicView, request: HttpRequest, snapshot: Snapshot) -> list[PostView]:
    """The filled posts with the topic, by their own list or by a rule that is in force."""
    by_rule = {
        rule.post.id
        for rules in snapshot.rules_of_area.values()
        for rule in rules
        if rule.topic_id == topic.id and in_force(rule.valid_from, rule.valid_until, request.on)
    }
    return [
        post
        for post in snapshot.posts.values()
        if (topic.id in post.topic_ids or post.id in by_rule)
        and post.is_filled
        and not post.agency.is_finished(request.on)
    ]
