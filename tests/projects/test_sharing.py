"""Several people at one application, using it again, and giving it up: on the pages, with mails."""

import re

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from contacts.roles import Role
from portal.models import User
from projects import sharing, workflow
from projects.models import Application, Contributor, Invitation
from projects.sharing import RefusedError
from tests import factories
from tests.portal.entering import CODE, code_in, entered, newest_mail
from tests.projects import cases
from tests.projects import factories as funding
from tests.reading import seen_in

pytestmark = pytest.mark.django_db
AMAL, BADR, CARLA = "amal@example.org", "badr@example.org", "carla@example.org"
NOW = cases.NOW


@pytest.fixture(autouse=True)
def at_the_time():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def call(place):
    return cases.open_call(place.agency)


@pytest.fixture
def amal() -> Client:
    return entered(AMAL)


@pytest.fixture
def draft(call, amal) -> Application:
    return cases.draft(call, user(AMAL))


def user(email: str) -> User:
    return User.objects.get(email=email)


def page(name: str, case: Application, *arguments) -> str:
    return reverse(f"projects:{name}", args=[case.uuid, *arguments])


def writers(case: Application) -> list[str]:
    return [row.user.email for row in case.contributors.select_related("user")]


def invite(client: Client, case: Application, email: str):
    return client.post(page("people", case), {"email": email})


def link_to(email: str) -> str:
    """The way in the newest mail, on this site."""
    return re.search(r"/de/weiter/\S+", newest_mail(email).body)[0]


def come(email: str, link: str) -> tuple[Client, str]:
    """Follow the link of the mail with the code, as whoever reads the mail does; what they see."""
    client = Client()
    client.post(link)
    return client, seen_in(client.post(CODE, {"code": code_in(email)}, follow=True))


def sees(client: Client, case: Application) -> bool:
    return client.get(page("section", case, "kosten")).status_code == 200


# Coming -------------------------------------------------------------------------------------------


def test_an_invited_person_comes_by_link_and_code_and_writes_along(draft, amal):
    assert invite(amal, draft, f" {BADR.upper()} ").url == page("people", draft)
    assert BADR in seen_in(amal.get(page("people", draft)))
    mail = newest_mail(BADR)
    assert mail.is_secret
    assert AMAL not in mail.subject + mail.body
    assert "Sprachcafé" not in mail.subject

    link = link_to(BADR)
    assert "Write along" in seen_in(Client().get(link.replace("/de/", "/en/")))
    assert Client().get(link).status_code == 200  # a mail scanner opens nothing
    badr, shown = come(BADR, link)
    assert "Sprachcafé am Markt" in shown

    assert writers(draft) == [AMAL, BADR]
    assert sees(badr, draft)
    fields = {"content": "Von Badr", "participants": "20", "with_migration": "12", "revision": "1"}
    badr.post(page("section", draft, "inhalt"), fields)
    assert "Von Badr" in amal.get(page("section", draft, "inhalt")).text
    shown = seen_in(amal.get(page("people", draft).replace("/de/", "/en/")))
    assert "invited" not in shown
    assert "writes along" in shown
    assert draft.invitations.get().email == ""


def test_the_link_is_of_no_use_to_another_address(draft, amal):
    invite(amal, draft, BADR)
    link = link_to(BADR)
    stranger = entered(CARLA)

    answer = stranger.post(link)

    assert answer.url == CODE  # the code goes to the invited address, and to no other
    assert not sees(stranger, draft)
    invited = draft.invitations.get()
    for other in (user(CARLA), funding.staff(draft.agency, Role.CASEWORKER)):
        assert sharing.accept(invited.pk, other, now=NOW) is None
    assert sharing.accept(0, user(CARLA), now=NOW) is None
    assert writers(draft) == [AMAL]


def test_an_invitation_that_was_taken_back_or_renewed_leads_nowhere(draft, amal):
    invite(amal, draft, BADR)
    first = link_to(BADR)
    invite(amal, draft, BADR)  # renewed
    second = link_to(BADR)
    assert first != second
    old, shown = come(BADR, first)
    assert not sees(old, draft)
    assert "gilt nicht mehr" in shown

    waiting = draft.invitations.get(closed_at=None)
    amal.post(page("take_back_invitation", draft, waiting.pk))
    assert BADR not in seen_in(amal.get(page("people", draft)))
    assert not sees(come(BADR, second)[0], draft)

    invite(amal, draft, BADR)
    assert sees(come(BADR, link_to(BADR))[0], draft)


def test_whoever_is_there_already_and_addresses_that_are_none_are_refused(draft, amal):
    for wrong, said in (
        (AMAL.upper(), "writes along already"),
        ("", "Enter an e-mail address."),
        ("badr", "e-mail address"),
        ("badr@example.org\nBcc: x@example.org", "e-mail address"),
    ):
        answer = amal.post(page("people", draft).replace("/de/", "/en/"), {"email": wrong})
        assert answer.status_code == 422, wrong
        assert said in seen_in(answer)
    assert not Invitation.objects.exists()


def test_ten_people_are_enough(draft, amal):
    for number in range(9):
        assert invite(amal, draft, f"p{number}@example.org").status_code == 302

    answer = invite(amal, draft, "p9@example.org")

    assert answer.status_code == 422
    assert "10" in seen_in(answer)
    invite(amal, draft, "p0@example.org")  # renewing one is no more
    assert draft.invitations.filter(closed_at=None).count() == 9


def test_invitations_are_limited(draft, amal):
    answers = [invite(amal, draft, BADR).status_code for _number in range(21)]

    assert answers == [302] * 20 + [429]


# Going --------------------------------------------------------------------------------------------


@pytest.fixture
def badr(draft, amal) -> Client:
    """Somebody who writes along."""
    client = entered(BADR)
    Contributor.objects.create(application=draft, user=user(BADR), joined_at=NOW)
    return client


def part_of(email: str) -> int:
    return Contributor.objects.get(user__email=email).pk


def test_the_owner_lets_others_go_and_everybody_leaves_but_the_owner(draft, amal, badr):
    carla = entered(CARLA)
    Contributor.objects.create(application=draft, user=user(CARLA), joined_at=NOW)
    badr.post(page("remove_contributor", draft, part_of(AMAL)))
    badr.post(page("remove_contributor", draft, part_of(CARLA)))
    amal.post(page("remove_contributor", draft, part_of(AMAL)))
    assert writers(draft) == [AMAL, BADR, CARLA]

    gone = amal.post(page("remove_contributor", draft, part_of(BADR)))
    left = carla.post(page("remove_contributor", draft, part_of(CARLA)))

    assert writers(draft) == [AMAL]
    assert gone.url == page("people", draft)
    assert left.url == reverse("projects:own_applications")
    for client in (badr, carla):
        assert client.get(page("application", draft)).status_code == 404
        assert draft.reference not in client.get("/de/antrag/").text
    assert [event.kind for event in draft.events.all()][-2:] == ["left", "left"]


def test_buttons_stand_only_where_they_do_something(draft, amal, badr):
    of_owner, of_other = (c.get(page("people", draft)).text for c in (amal, badr))

    assert page("remove_contributor", draft, part_of(BADR)) in of_owner
    assert page("remove_contributor", draft, part_of(AMAL)) not in of_owner
    assert page("remove_contributor", draft, part_of(BADR)) in of_other
    assert page("remove_contributor", draft, part_of(AMAL)) not in of_other


def test_a_stranger_neither_invites_nor_removes(draft, amal, badr):
    waiting = sharing.invite(draft, CARLA, by=user(AMAL), now=NOW)
    stranger, theirs = entered("dana@example.org"), user("dana@example.org")

    for address in (
        page("people", draft),
        page("remove_contributor", draft, part_of(BADR)),
        page("take_back_invitation", draft, waiting.pk),
        page("copy", draft),
        page("delete", draft),
    ):
        assert stranger.get(address).status_code == 404
        assert stranger.post(address, {"email": "dana@example.org"}).status_code == 404
    for verb in (
        lambda: sharing.invite(draft, "dana@example.org", by=theirs, now=NOW),
        lambda: sharing.take_back(waiting, by=theirs, now=NOW),
        lambda: sharing.remove(draft.contributors.get(user__email=BADR), by=theirs, now=NOW),
    ):
        with pytest.raises(RefusedError):
            verb()
    assert writers(draft) == [AMAL, BADR]
    assert draft.invitations.filter(closed_at=None).exists()


def test_one_application_s_people_are_not_reached_through_another(call, draft, amal, badr):
    own = cases.draft(call, user(BADR))

    for number in (part_of(AMAL), 999_999):
        address = page("remove_contributor", own, number)
        if Contributor.objects.filter(pk=number, application=own).exists():
            continue
        assert badr.post(address).status_code == 404
    assert AMAL in writers(draft)


def test_after_a_withdrawal_nobody_comes_any_more(call, amal):
    case = cases.submitted(call, user(AMAL))
    workflow.withdraw(case, by=user(AMAL), now=NOW)

    answer = invite(amal, case, BADR)

    assert answer.status_code == 422
    assert not Invitation.objects.exists()


# Once more, and the end ---------------------------------------------------------------------------


def test_an_application_is_used_again_for_another_call(place, draft, amal, badr):
    following = cases.open_call(place.agency)
    assert str(following) in seen_in(amal.get(page("copy", draft)))

    answer = amal.post(page("copy", draft), {"aufruf": following.slug})

    copied = Application.objects.exclude(pk=draft.pk).get()
    assert answer.url == page("application", copied)
    assert (copied.call, copied.title) == (following, draft.title)
    assert writers(copied) == [AMAL]  # who writes along is asked anew
    assert "neuer Entwurf" in seen_in(amal.get(answer.url))
    assert badr.get(page("application", copied)).status_code == 404
    nowhere = amal.post(page("copy", draft), {"aufruf": "gibt-es-nicht"})
    assert nowhere.url == page("copy", draft)
    assert Application.objects.count() == 2


def test_a_draft_is_given_up_after_a_question_and_by_its_owner_alone(draft, amal, badr):
    sharing.invite(draft, CARLA, by=user(AMAL), now=NOW)
    link = link_to(CARLA)
    badr.post(page("delete", draft))
    assert "for everybody who writes along" in seen_in(
        amal.get(page("delete", draft).replace("/de/", "/en/"))
    )
    assert Application.objects.exists()

    amal.post(page("delete", draft))

    assert not Application.objects.exists()
    for client in (amal, badr):
        assert client.get(page("application", draft)).status_code == 404
    assert "gilt nicht mehr" in come(CARLA, link)[1]


def test_what_was_sent_is_not_given_up(call, amal):
    sent = cases.submitted(call, user(AMAL))

    assert amal.get(page("delete", sent)).url == page("application", sent)
    amal.post(page("delete", sent))

    assert Application.objects.filter(pk=sent.pk).exists()


def test_an_erased_account_is_nobody_any_more(draft, amal, badr):
    from portal import privacy

    privacy.erase(user(BADR), now=NOW)

    assert writers(draft) == [AMAL]
    assert factories.user(BADR)  # the address is free for a new account
    assert not sees(entered(BADR), draft)
