"""Any number of rows of every model, quickly: for what must not cost more when there are more."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from types import SimpleNamespace

from django.db import connection
from django.db.models import Model

from contacts.models import (
    Absence,
    Agency,
    AgencyTranslation,
    Area,
    Assignment,
    Correction,
    District,
    Document,
    DocumentedGap,
    DocumentTranslation,
    Doubt,
    Enquiry,
    EnquiryEvent,
    EnquiryMessage,
    GoldenCase,
    GroupMember,
    ImportDraft,
    Interpreter,
    InterpreterPool,
    InterpreterPoolTranslation,
    LegalDetails,
    Locality,
    LookUpCount,
    MissedInput,
    Municipality,
    NewsItem,
    NewsItemTranslation,
    Office,
    OfficeTranslation,
    OpeningHours,
    Organisation,
    OrganisationTranslation,
    Person,
    PlaceName,
    Post,
    PostalCode,
    PostTranslation,
    Publication,
    Quarter,
    Responsibility,
    Source,
    SpokenLanguage,
    StaffRole,
    Tenure,
    Topic,
    TopicTranslation,
    WorkingGroup,
    WorkingGroupTranslation,
)
from contacts.records import as_record
from contacts.roles import Role
from portal.data_version import raise_version
from portal.models import JobRun, OutboxMessage, Page, PageTranslation, User
from portal.models.data_version import SCOPES
from projects.models import (
    Application,
    Attachment,
    Budget,
    Call,
    CallTranslation,
    CaseEvent,
    ChangeRequest,
    Comment,
    Contributor,
    CostCategory,
    Declaration,
    Grant,
    LedgerEntry,
    MeasureType,
    Message,
    Offer,
    OfferTime,
    OfferTranslation,
    Payout,
    Programme,
    ProgrammeTranslation,
    Project,
    ProjectContact,
    ProjectTranslation,
    RuleSet,
    TextBlock,
)
from tests.contacts.county import County

WHEN = dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)


@dataclass
class Rows:
    """The rows made so far, and the n-th of each model, for the rows that point at it."""

    place: County
    of: dict[type[Model], list[Model]] = field(default_factory=lambda: defaultdict(list))

    def fill(self, number: int) -> None:
        """Make `number` more of everything; what belongs to an agency belongs to the county's."""
        start = len(self.of[User])
        for model, make in MAKERS.items():
            new = [row for n in range(start, start + number) for row in make(n, self)]
            self.of[model] += model._base_manager.bulk_create(new)
        for scope in SCOPES:  # which such a manager does not
            raise_version(scope)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")  # or PostgreSQL plans for the empty tables of before


Maker = Callable[[int, Rows], Iterable[Model]]


def _area(model: type[Area], kind: str, parent: type[Area] | None) -> Maker:
    def make(n: int, rows: Rows):
        above = rows.of[parent][n] if parent else None
        name = f"{kind} {n}"
        yield model(key=f"{kind}-{n}", kind=kind, parent=above, name=name, slug=f"{kind}-{n}")

    return make


def _town(n: int, rows: Rows):
    parent, name = rows.place.district, f"Ort {n}"
    yield Municipality(key=f"9{n:07}", kind="municipality", parent=parent, name=name, slug=f"o-{n}")


def _translated(model: type[Model], master: type[Model], **texts: str) -> Maker:
    def make(n: int, rows: Rows):
        for code in ("de", "en"):
            named = {name: f"{text} {n}" for name, text in texts.items()}
            yield model(master=rows.of[master][n], language_code=code, **named)

    return make


def _post(n: int, rows: Rows):
    staffing = ("filled", "vacant", "planned")[n % 3]
    fields = {"office": rows.of[Office][n], "deputy": rows.place.loth, "phone": "03433 1"}
    yield Post(agency=rows.place.agency, slug=f"p-{n}", staffing=staffing, **fields)


def _call(n: int, rows: Rows):
    day = dt.timedelta(days=1)
    yield Call(
        rule_set=rows.of[RuleSet][n],
        slug=f"many-{n}",
        state=("open", "paused", "draft")[n % 3],
        budget_year=2026,
        opens_at=WHEN - day,
        closes_at=WHEN + 400 * day,
        measures_from=WHEN.date(),
        measures_until=WHEN.date(),
    )


def _application(n: int, rows: Rows):
    """In turn: new, in review, to be changed; each in the hands of another caseworker."""
    call = rows.of[Call][n]
    yield Application(
        reference=f"MANY-{n}",
        call=call,
        rule_set=rows.of[RuleSet][n],
        agency=rows.place.agency,
        assigned_post=rows.of[Post][n],
        caseworker=rows.of[User][n],
        title=f"Fest {n}",
        applicant_name=f"Verein {n}",
        area=rows.of[Locality][n],
        starts_on=WHEN.date(),
        ends_on=WHEN.date(),
        total_cents=100_00,
        requested_cents=50_00,
        state=("changes_requested", "submitted", "in_review")[n % 3],
        language="de",
        created_at=WHEN,
        saved_at=WHEN,
        changed_at=WHEN,
        submitted_at=WHEN,
    )


def of_a_case(case: Application, n: int, user: User) -> Iterable[Model]:
    """What belongs to `case`, not stored yet; `n` tells it from what is there, `user` wrote it."""
    shared: dict = {"application": case}
    yield CaseEvent(number=n + 1, kind="message", user=user, happened_at=WHEN, **shared)
    for is_from_office in (False, True):
        text = {"text": f"x {n}", "sent_at": WHEN, "is_from_office": is_from_office}
        yield Message(author=user, **text, **shared)
    yield Comment(author=user, text=f"x {n}", written_at=WHEN, **shared)
    yield Attachment(
        name=f"{n}.pdf",
        content_type="application/pdf",
        size=1,
        digest=f"{n}",
        file=f"attachments/{n}",
        added_at=WHEN,
        added_by=user,
        **shared,
    )


def _of_its_case(model: type[Model]) -> Maker:
    def make(n: int, rows: Rows):
        belongings = of_a_case(rows.of[Application][n], n, rows.of[User][n])
        yield from (row for row in belongings if isinstance(row, model))

    return make


def _doubt(n: int, rows: Rows):
    shared = {"agency": rows.place.agency, "field": "phone", "value_used": f"0{n}"}
    yield Doubt(post=rows.of[Post][n], **shared)
    yield Doubt(office=rows.of[Office][n], **shared)
    yield Doubt(responsibility=rows.of[Responsibility][n], **shared)
    yield Doubt(area=rows.of[Locality][n], other_value="x", **shared)


def publication(rows: Rows, rules: Iterable[Responsibility], **fields) -> Publication:
    """A publication, not stored yet, that has made `rules`."""
    return Publication(
        agency=rows.place.agency,
        published_at=WHEN,
        after=[as_record(rule) for rule in rules],
        **fields,
    )


def _enquiry(n: int, rows: Rows):
    """Offers and requests in turn, each at another desk."""
    yield Enquiry(
        reference=f"AN-{n}",
        kind=("help-offered", "help-wanted")[n % 2],
        agency=rows.place.agency,
        assigned_post=rows.of[Post][n],
        area=rows.of[Locality][n],
        name=f"Name {n}",
        email=f"{n}@many.example",
        activities=["sport"],
        languages=["ar"],
        language="de",
        nonce=f"many-{n}",
        received_at=WHEN,
        answer_by=WHEN.date(),
    )


# In the order in which rows point at each other.
def _grant(n: int, rows: Rows):
    yield Grant(
        application=rows.of[Application][n],
        budget=rows.of[Budget][n],
        changed_at=WHEN,
        recognised_cents=50_000,
        award_cents=45_000,
        starts_on=WHEN.date(),
        ends_on=WHEN.date(),
        proof_due_on=WHEN.date(),
        granted_at=WHEN,
    )


def _payout(n: int, rows: Rows):
    yield Payout(
        grant=rows.of[Grant][n],
        number=1,
        state="ordered",
        changed_at=WHEN,
        amount_cents=10_000,
        mode=Payout.Mode.ADVANCE,
        holder="Amal Haddad",
        iban="DE89370400440532013000",
        requested_at=WHEN,
        requested_by=rows.of[User][n],
        certified_by=rows.of[User][n],
        certified_at=WHEN,
        ordered_at=WHEN,
    )


MAKERS: dict[type[Model], Maker] = {
    User: lambda n, rows: [User(email=f"user-{n}@many.example", name=f"Name {n}", is_staff=True)],
    Source: lambda n, rows: [Source(key=f"s-{n}", title=f"Source {n}", dataset="places")],
    PostalCode: lambda n, rows: [PostalCode(code=f"1{n:04}")],
    District: _area(District, "district", None),
    Municipality: _town,
    Quarter: _area(Quarter, "quarter", Municipality),
    Locality: _area(Locality, "locality", Quarter),
    Area.postal_codes.through: lambda n, rows: [
        Area.postal_codes.through(area=rows.of[Municipality][n], postalcode=rows.of[PostalCode][n])
    ],
    PlaceName: lambda n, rows: [
        PlaceName(area=rows.of[Locality][n], text=f"Name {n}", key1=f"name{n}", key2=f"name{n}")
    ],
    Topic: lambda n, rows: [Topic(slug=f"t-{n}")],
    TopicTranslation: _translated(TopicTranslation, Topic, name="Thema"),
    Agency: lambda n, rows: [Agency(slug=f"a-{n}", email="a@many.example", state="sachsen")],
    AgencyTranslation: _translated(AgencyTranslation, Agency, name="Stelle"),
    LegalDetails: lambda n, rows: [LegalDetails(agency=rows.of[Agency][n])],
    StaffRole: lambda n, rows: [
        StaffRole(user=rows.of[User][n], agency=rows.place.agency, role=Role.EDITOR)
    ],
    Office: lambda n, rows: [
        Office(
            agency=rows.place.agency, slug=f"o-{n}", street=f"Weg {n}", postal_code="1", city="G"
        )
    ],
    OfficeTranslation: _translated(OfficeTranslation, Office, name="Haus"),
    OpeningHours: lambda n, rows: [
        OpeningHours(office=rows.of[Office][n], weekday=1, opens=dt.time(9), closes=dt.time(12))
    ],
    Post: _post,
    PostTranslation: _translated(PostTranslation, Post, title="Posten"),
    Post.topics.through: lambda n, rows: [
        Post.topics.through(post=rows.of[Post][n], topic=rows.of[Topic][n])
    ],
    Person: lambda n, rows: [Person(agency=rows.place.agency, name=f"Person {n}")],
    SpokenLanguage: lambda n, rows: [SpokenLanguage(person=rows.of[Person][n], code="ar")],
    Tenure: lambda n, rows: [Tenure(post=rows.of[Post][n], person=rows.of[Person][n])],
    Absence: lambda n, rows: [
        Absence(person=rows.of[Person][n], valid_from=dt.date(2026, 1, 1), stand_in=rows.place.loth)
    ],
    Responsibility: lambda n, rows: [
        Responsibility(
            post=rows.of[Post][n], area=rows.of[Municipality][n], topic=rows.of[Topic][n]
        )
    ],
    DocumentedGap: lambda n, rows: [
        DocumentedGap(
            agency=rows.place.agency,
            area=rows.of[Locality][n],
            topic=rows.of[Topic][n],
            reason="x",
        )
    ],
    Doubt: _doubt,
    Correction: lambda n, rows: [
        Correction(
            agency=rows.place.agency,
            post=rows.of[Post][n],
            kind="wrong",
            text=f"x {n}",
            received_at=WHEN,
        )
    ],
    Document: lambda n, rows: [
        Document(agency=rows.place.agency, slug=f"d-{n}", kind="report", issued="2019")
    ],
    NewsItem: lambda n, rows: [
        NewsItem(agency=rows.place.agency, slug=f"n-{n}", published_on=WHEN.date())
    ],
    NewsItemTranslation: _translated(NewsItemTranslation, NewsItem, title="Neues", text="Text"),
    DocumentTranslation: _translated(DocumentTranslation, Document, title="Bericht"),
    Project: lambda n, rows: [
        Project(agency=rows.place.agency, slug=f"pr-{n}", area=rows.of[Locality][n])
    ],
    ProjectTranslation: _translated(ProjectTranslation, Project, title="Projekt"),
    Project.documents.through: lambda n, rows: [
        Project.documents.through(project=rows.of[Project][n], document=rows.of[Document][n])
    ],
    ProjectContact: lambda n, rows: [
        ProjectContact(project=rows.of[Project][n], name=f"Person {n}", office=rows.of[Office][n])
    ],
    Offer: lambda n, rows: [
        Offer(
            agency=rows.place.agency,
            slug=f"of-{n}",
            kind="meeting",
            provider=f"x {n}",
            area=rows.of[Locality][n],
            state=("published", "submitted", "ended")[n % 3],
            decided_by=rows.of[User][n],
        )
    ],
    OfferTranslation: _translated(OfferTranslation, Offer, title="Angebot"),
    OfferTime: lambda n, rows: [
        OfferTime(offer=rows.of[Offer][n], weekday=n % 7 + 1, opens=WHEN.time())
    ],
    GoldenCase: lambda n, rows: [
        GoldenCase(
            agency=rows.place.agency,
            typed=f"x {n}",
            topic=rows.of[Topic][n],
            area=rows.of[Locality][n],
            post=rows.of[Post][n],
        )
    ],
    LookUpCount: lambda n, rows: [
        LookUpCount(
            day=WHEN.date(),
            outcome="exact",
            municipality=rows.of[Municipality][n],
            topic=rows.of[Topic][n],
            number=5,
        )
    ],
    MissedInput: lambda n, rows: [
        MissedInput(week="2026-W48", digest=f"{n}", text=f"x {n}", number=3)
    ],
    Publication: lambda n, rows: [
        publication(
            rows, [rows.of[Responsibility][n]], published_by=rows.of[User][n], reason=f"x {n}"
        )
    ],
    ImportDraft: lambda n, rows: [
        ImportDraft(
            agency=rows.place.agency,
            kind="contacts",
            file_name=f"{n}.csv",
            effective_on=WHEN.date(),
            uploaded_at=WHEN,
            uploaded_by=rows.of[User][n],
            publication=rows.of[Publication][n],
        )
    ],
    Enquiry: _enquiry,
    EnquiryEvent: lambda n, rows: [
        EnquiryEvent(
            enquiry=rows.of[Enquiry][n],
            kind="received",
            at=WHEN,
            agency=rows.place.agency,
            post=rows.of[Post][n],
        )
    ],
    EnquiryMessage: lambda n, rows: [
        EnquiryMessage(
            enquiry=rows.of[Enquiry][n], kind="note", text="x", by=rows.of[User][n], at=WHEN
        )
    ],
    Organisation: lambda n, rows: [
        Organisation(
            agency=rows.place.agency,
            slug=f"or-{n}",
            name=f"Verein {n}",
            kind="sport",
            area=rows.of[Locality][n],
            is_listed=True,
        )
    ],
    OrganisationTranslation: _translated(OrganisationTranslation, Organisation, summary="Sport"),
    WorkingGroup: lambda n, rows: [
        WorkingGroup(agency=rows.place.agency, slug=f"gr-{n}", kind="working")
    ],
    WorkingGroupTranslation: _translated(WorkingGroupTranslation, WorkingGroup, name="AG"),
    GroupMember: lambda n, rows: [
        GroupMember(
            group=rows.of[WorkingGroup][n],
            organisation=rows.of[Organisation][n],
            name=f"Name {n}",
            email=f"{n}@member.example",
        )
    ],
    InterpreterPool: lambda n, rows: [
        InterpreterPool(
            agency=rows.place.agency, post=rows.of[Post][n], slug=f"ip-{n}", languages=["ti"]
        )
    ],
    InterpreterPoolTranslation: _translated(
        InterpreterPoolTranslation, InterpreterPool, name="Sprachmittlung"
    ),
    Interpreter: lambda n, rows: [
        Interpreter(
            pool=rows.of[InterpreterPool][n], name=f"x {n}", phone=f"0{n}", languages=["ti", "ar"]
        )
    ],
    Assignment: lambda n, rows: [
        Assignment(
            enquiry=rows.of[Enquiry][n],
            pool=rows.of[InterpreterPool][n],
            interpreter=rows.of[Interpreter][n],
            language="ti",
            day=WHEN.date(),
            asked_at=WHEN,
        )
    ],
    OutboxMessage: lambda n, rows: [
        OutboxMessage(
            owner=rows.place.agency.slug,
            about=f"many:{n}",
            recipient=f"{n}@many.example",
            subject=f"x {n}",
            body="x",
            language="de",
            message_id=f"<{n}@many.example>",
            sent_again_by=rows.of[User][n],
            created_at=WHEN,
            not_before=WHEN,
        )
    ],
    JobRun: lambda n, rows: [JobRun(name=f"job-{n}")],
    Programme: lambda n, rows: [Programme(agency=rows.place.agency, slug=f"many-{n}")],
    ProgrammeTranslation: _translated(ProgrammeTranslation, Programme, name="Programm"),
    RuleSet: lambda n, rows: [
        RuleSet(programme=rows.of[Programme][n], created_at=WHEN, created_by=rows.of[User][n])
    ],
    MeasureType: lambda n, rows: [
        MeasureType(rule_set=rows.of[RuleSet][n], kind="meeting", ceiling_cents=5000_00)
    ],
    CostCategory: lambda n, rows: [CostCategory(rule_set=rows.of[RuleSet][n], kind="rent")],
    Declaration: lambda n, rows: [Declaration(rule_set=rows.of[RuleSet][n], key="true", text="x")],
    Call: _call,
    CallTranslation: _translated(CallTranslation, Call, title="Aufruf", pause_reason="Geld fehlt"),
    Application: _application,
    Contributor: lambda n, rows: [
        Contributor(application=rows.of[Application][n], user=rows.of[User][n], joined_at=WHEN)
    ],
    ChangeRequest: lambda n, rows: [
        ChangeRequest(
            application=rows.of[Application][n],
            sections=["kosten"],
            text="x",
            due_on=WHEN.date(),
            asked_at=WHEN,
            asked_by=rows.of[User][n],
        )
    ],
    **{model: _of_its_case(model) for model in (CaseEvent, Message, Comment, Attachment)},
    Budget: lambda n, rows: [Budget(programme=rows.of[Programme][n], year=2026)],
    LedgerEntry: lambda n, rows: [
        LedgerEntry(
            budget=rows.of[Budget][n],
            number=1,
            kind=LedgerEntry.Kind.RELEASE,
            cents=100_000,
            free_after=100_000,
            booked_at=WHEN,
        )
    ],
    Grant: _grant,
    Payout: _payout,
    TextBlock: lambda n, rows: [
        TextBlock(agency=rows.place.agency, use="message", name=f"x {n}", text="x")
    ],
    Page: lambda n, rows: [Page(kind="imprint", owner=f"a-{n}")],
    PageTranslation: _translated(PageTranslation, Page, body="Text"),
}


def one_of_everything() -> None:
    """A row more of every model in the demo: some of its lists would be empty otherwise."""
    agency = Agency.objects.get(slug="landkreis-leipzig")
    district, post = agency.districts.first(), agency.posts.first()
    Rows(SimpleNamespace(agency=agency, district=district, loth=post)).fill(1)
