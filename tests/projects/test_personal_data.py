"""What applicants get of their data, and what is left when they are erased."""

import json
import zipfile

import pytest
from django.apps import apps
from django.db import IntegrityError, models, transaction

from contacts.roles import Role
from portal import my_data, privacy
from portal.models import OutboxMessage, User
from projects import attachments, drafts, sharing, workflow
from projects.models import Application, Contributor, Invitation, Objection
from projects.sections import BY_SLUG
from projects.states import PayoutState
from projects.terms import ApplicantType
from projects.workflow import amending, objecting
from tests import factories
from tests.portal import uploading
from tests.portal.entering import entered
from tests.projects import cases, grants
from tests.projects import factories as funding

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_german")]
NOW = cases.NOW
AMAL, BADR = "amal@example.org", "badr@example.org"
CANARY = "kanarienvogel"  # in everything that is not Amal's


@pytest.fixture
def call(place):
    return cases.open_call(place.agency)


@pytest.fixture
def amal(call) -> User:
    return factories.user(AMAL)


@pytest.fixture
def badr(call) -> User:
    return factories.user(BADR)


@pytest.fixture
def caseworker(place) -> User:
    return funding.staff(place.agency, Role.CASEWORKER)


def of_others(call, badr, caseworker) -> Application:
    """An application that Amal must not find in her data, full of the word."""
    content = cases.typed(
        vorhaben={"title": [f"{CANARY} title"]}, inhalt={"content": [f"{CANARY} content"]}
    )
    theirs = cases.draft(call, badr, content)
    pdf = uploading.upload(f"{CANARY}.pdf", uploading.pdf_bytes())
    attachments.add(theirs, [pdf], by=badr, now=NOW)
    workflow.send_message(theirs, f"{CANARY} message", by=badr, now=NOW)
    sharing.invite(theirs, f"{CANARY}@example.org", by=badr, now=NOW)
    return theirs


def copy_of(user: User) -> tuple[dict, str, dict[str, bytes]]:
    """What the ZIP holds: the data for programs, the page for people, the files."""
    with my_data.write(user, now=NOW) as stream, zipfile.ZipFile(stream) as archive:
        files = {
            name: archive.read(name) for name in archive.namelist() if name.startswith("files/")
        }
        return json.loads(archive.read("data.json")), archive.read("data.html").decode(), files


# The copy -----------------------------------------------------------------------------------------


def test_the_copy_holds_everything_of_ones_applications_and_nothing_of_others(
    call, amal, badr, caseworker
):
    of_others(call, badr, caseworker)
    draft = cases.draft(call, amal)
    photo = uploading.upload("Plakat.jpg", uploading.picture_bytes())
    attachments.add(draft, [photo], by=amal, now=NOW)
    sharing.invite(draft, "carla@example.org", by=amal, now=NOW)
    workflow.submit(draft, key=draft.uuid, **cases.moment(amal))
    draft.refresh_from_db()
    workflow.take(draft, by=caseworker, now=NOW)
    workflow.send_message(draft, "Wann kommt die Entscheidung?", by=amal, now=NOW)
    workflow.write_note(draft, f"{CANARY} note", by=caseworker, now=NOW)
    workflow.request_changes(
        draft,
        sections=["kosten"],
        text="Bitte den Saal erklären.",
        due_on=funding.CLOSES.date(),
        by=caseworker,
        now=NOW,
        on=cases.ON,
    )

    data, page, files = copy_of(amal)

    [own] = data["applications"]["own"]
    assert data["applications"]["together"] == []
    pairs = [
        pair
        for section in own["sections"]
        for pair in [*section["answers"], *(p for line in section.get("lines", []) for p in line)]
    ]
    said = {pair["answer"].replace("\xa0", " ") for pair in pairs}
    assert {"Sprachcafé am Markt", "Markt 3", str(ApplicantType.PRIVATE.label), "Grimma"} <= said
    assert {"255,00 €", "245,00 €", "450,00 €"} <= said
    names = {name for section in BY_SLUG.values() for name in section.form_class.base_fields}
    assert not {pair["question"] for pair in pairs} & names
    assert own["messages"][0]["text"] == "Wann kommt die Entscheidung?"
    assert own["requests"][0]["text"] == "Bitte den Saal erklären."
    assert own["invitations"][0]["email"] == "carla@example.org"
    assert [file["name"] for file in own["attachments"]] == ["Plakat.jpg"]
    assert len(own["history"]) == draft.events.count()
    document, picture = files.values()
    assert document == draft.versions.get().pdf
    assert picture[:2] == b"\xff\xd8"
    assert all(draft.reference in name for name in files)
    everything = json.dumps(data) + page + "".join(files)
    assert CANARY not in everything
    assert caseworker.email not in everything
    assert BADR not in everything
    assert "Sprachcafé am Markt" in page


def test_what_cannot_be_read_is_in_the_copy_as_it_was_typed(call, amal):
    content = cases.typed()
    content["kosten"]["costs"][0]["price"] = ["1,234"]
    content["sprachkurs"] = {"teacher": ["Frau Nguyễn"]}  # not asked of a meeting
    cases.draft(call, amal, content)

    data, _page, _files = copy_of(amal)

    sections = {part["title"]: part for part in data["applications"]["own"][0]["sections"]}
    course = sections[str(BY_SLUG["sprachkurs"].title)]
    assert [pair["answer"] for pair in course["answers"]] == ["Frau Nguyễn"]
    costs = sections[str(BY_SLUG["kosten"].title)]
    assert "1,234" in [pair["answer"] for pair in costs["lines"][0]]


def test_who_writes_along_gets_their_own_part_of_it(call, amal, badr, caseworker):
    theirs = of_others(call, badr, caseworker)
    Contributor.objects.create(application=theirs, user=amal, joined_at=NOW)
    attachments.add(
        theirs, [uploading.upload("von-amal.pdf", uploading.pdf_bytes("a"))], by=amal, now=NOW
    )
    workflow.send_message(theirs, "Ich komme dazu.", by=amal, now=NOW)

    data, page, files = copy_of(amal)

    [part] = data["applications"]["together"]
    assert data["applications"]["own"] == []
    assert [message["text"] for message in part["messages"]] == ["Ich komme dazu."]
    assert [name.rpartition(" ")[2] for name in files] == ["von-amal.pdf"]
    assert CANARY not in json.dumps(data) + page + "".join(files)


def test_the_copy_holds_the_grant_its_letters_and_its_money(place, badr):
    """With the file that was issued; of the staff, nobody is named."""
    world = grants.final_in(place.agency)
    theirs = grants.final_in(place.agency, call=world.case.call)
    theirs.case.contributors.update(user=badr)
    Objection.objects.create(
        application=theirs.case,
        letter=theirs.case.letters.get(),
        text=f"{CANARY} objection",
        received_on=cases.ON,
        filed_at=NOW,
        changed_at=NOW,
    )
    world.bring(world.ask(12_345), PayoutState.PAID)
    wanted = amending.Wanted("Der Regen kam.", award_cents=44_000)
    amending.request(world.case, wanted, by=world.amal, now=NOW)
    objecting.file(
        world.case.letters.get(), "Zu wenig.", received_on=cases.ON, by=world.amal, now=NOW
    )

    data, _page, files = copy_of(world.amal)

    [own] = data["applications"]["own"]
    grant = own["grant"]
    assert grant["amount"].replace("\xa0", " ") == "450,00 €"
    assert grant["payouts"][0]["iban"] == "DE89 3704 0044 0532 0130 00"
    assert grant["changes"][0]["reason"] == "Der Regen kam."
    assert len(grant["plan"]) == 3
    assert own["objections"][0]["text"] == "Zu wenig."
    assert [letter["posted"] for letter in own["letters"]] == [cases.ON.isoformat()]
    assert bytes(world.case.letters.get().pdf) in files.values()
    everything = json.dumps(data["applications"]) + "".join(files)
    for unknown in (CANARY, theirs.case.reference, world.anna.email, world.ben.email):
        assert unknown not in everything

    Contributor.objects.update(user=badr, role=Contributor.Role.EDITOR)
    together = copy_of(badr)[0]["applications"]["together"]
    assert not [part for part in together if part.keys() & {"payouts", "objections", "grant"}]


# The end ------------------------------------------------------------------------------------------


def test_what_was_never_sent_goes_with_the_account(
    call, amal, badr, caseworker, django_capture_on_commit_callbacks
):
    theirs = of_others(call, badr, caseworker)
    draft = cases.draft(call, amal)
    attachments.add(draft, [uploading.upload("a.pdf", uploading.pdf_bytes())], by=amal, now=NOW)
    shown, given_up = cases.draft(call, amal), cases.draft(call, amal)
    workflow.ask_precheck(shown, by=amal, now=NOW)
    workflow.ask_precheck(given_up, by=amal, now=NOW)
    workflow.withdraw(given_up, by=amal, now=NOW)
    sharing.invite(theirs, AMAL, by=badr, now=NOW)
    assert privacy.kept_of(amal) == []

    assert privacy.erase(amal, now=NOW)

    assert list(Application.objects.all()) == [theirs]
    assert not User.objects.filter(email=AMAL).exists()
    assert not Invitation.objects.filter(email=AMAL).exists()
    assert Invitation.objects.filter(closed_at=None).get().email.startswith(CANARY)
    assert not OutboxMessage.objects.filter(recipient=AMAL).exists()


def test_what_was_sent_stays_without_the_account_and_the_page_says_so(call, amal, badr, caseworker):
    sent = cases.submitted(call, amal)
    sharing.invite(sent, BADR, by=amal, now=NOW)
    sharing.accept(sent.invitations.get().pk, badr, now=NOW)
    sharing.invite(sent, "carla@example.org", by=amal, now=NOW)
    theirs = of_others(call, badr, caseworker)
    Contributor.objects.create(application=theirs, user=amal, joined_at=NOW)
    sharing.invite(theirs, "dana@example.org", by=amal, now=NOW)
    client = entered(AMAL)
    question = client.get("/de/konto/loeschen/").text
    assert sent.reference in question
    assert theirs.reference not in question

    said = client.post("/de/konto/loeschen/").text

    assert sent.reference in said
    amal.refresh_from_db()
    assert (amal.is_active, amal.name) == (False, "")
    assert AMAL not in json.dumps(list(User.objects.values_list("email", flat=True)))
    assert Application.objects.count() == 2
    assert sent.versions.exists()
    assert [c.user for c in theirs.contributors.all()] == [badr]
    assert not Invitation.objects.filter(email__in=["carla@example.org", "dana@example.org"])
    people = entered(BADR).get(f"/en/antrag/{sent.uuid}/mitschreiben/").text
    assert "Account deleted" in people
    assert "example.invalid" not in people
    workflow.take(sent, by=caseworker, now=NOW)  # goes on, and mails nobody who has left
    assert not OutboxMessage.objects.filter(recipient__contains="invalid").exists()
    assert client.get("/de/antrag/").status_code == 302


def test_a_draft_of_somebody_else_outlives_who_wrote_along(call, amal, badr):
    theirs = cases.draft(call, badr)
    sharing.invite(theirs, AMAL, by=badr, now=NOW)
    sharing.accept(theirs.invitations.get().pk, amal, now=NOW)
    section, moment = BY_SLUG["inhalt"], cases.moment(amal)
    drafts.save(theirs, section, {"content": ["Von Amal."]}, revision=1, **moment)
    assert len(privacy.kept_of(amal)) == 1

    privacy.erase(amal, now=NOW)

    assert theirs.sections.get(section="inhalt").answers == {"content": ["Von Amal."]}
    assert [c.user for c in theirs.contributors.all()] == [badr]
    assert not User.objects.filter(email=AMAL).exists()


def test_an_invitation_names_an_address_only_as_long_as_it_is_open(call, amal):
    draft = cases.draft(call, amal)
    invited = sharing.invite(draft, "Carla@example.org", by=amal, now=NOW)
    sharing.invite(draft, "carla@example.org", by=amal, now=NOW)
    sharing.take_back(draft.invitations.get(closed_at=None), by=amal, now=NOW)

    assert set(draft.invitations.values_list("email", flat=True)) == {""}
    for fields in ({"email": "x@example.org", "closed_at": NOW}, {"email": "", "closed_at": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Invitation.objects.filter(pk=invited.pk).update(**fields)


# Nothing is forgotten -----------------------------------------------------------------------------

# Models of this app that hold no data of applicants, and why.
NOT_THEIRS = {
    "projects.programme": "the mailbox of an office",
    "projects.ruleset": "rules",
    "projects.call": "who works on it is staff",
    "projects.callnotice": "what is told to all",
    "projects.latepermit": "a decision of the office about a case that is in the copy",
    "projects.comment": "notes of the staff, which are the office's own",
    "projects.reminder": "what staff keep in mind",
    "projects.proposal": "a draft of the decision, which is in the copy as a letter",
    "projects.ledgerentry": "amounts by the number of a case",
    "projects.fundedproject": "what is public already",
    "projects.projectcontact": "contacts at work, published by the office",
    "projects.archiveoffer": "what the archive says to the office",
}


def test_every_model_that_holds_data_of_people_is_answered_for():
    answered = {label for kind in privacy.registered() for label in kind.models}
    holding = {
        model._meta.label_lower
        for model in apps.get_app_config("projects").get_models()
        if not model.__name__.startswith("Historical")  # of what the office itself writes
        for field in model._meta.get_fields()
        if isinstance(field, models.EmailField)
        or (isinstance(field, models.ForeignKey) and field.related_model in (User, Application))
    }

    assert holding - answered <= set(NOT_THEIRS)
    assert {label for label in answered if label.startswith("projects.")} <= {
        model._meta.label_lower for model in apps.get_models()
    }
