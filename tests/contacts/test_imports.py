"""From a file to a plan to a publication and back: what an import would do, and what it does."""

import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from contacts import imports
from contacts.imports import OutdatedError, tables
from contacts.models import (
    ImportDraft,
    Person,
    Post,
    PostTranslation,
    Publication,
    Responsibility,
    StaffRole,
    Tenure,
)
from contacts.publishing import RefusedError
from contacts.roles import Role
from portal import clock, sheets
from portal.sheets import UnreadableError
from tests import factories
from tests.contacts.county import county
from tests.contacts.taking_back import undo

pytestmark = pytest.mark.django_db
SUNDAY = dt.datetime(2026, 11, 22, 10, 30, tzinfo=dt.UTC)
TODAY = SUNDAY.date()
NEXT = dt.date(2026, 12, 1)
RULES = "Ort;AGS;Thema;Kennung der Stelle;Erster Tag;Letzter Tag;Geteilt\n"


@pytest.fixture(autouse=True)
def on_a_sunday_in_english():
    with time_machine.travel(SUNDAY, tick=False), translation.override("en"):
        yield


@pytest.fixture
def place():
    return county()


@pytest.fixture
def editor(place):
    user = factories.user(is_staff=True)
    StaffRole.objects.create(user=user, agency=place.agency, role=Role.EDITOR)
    return user


def upload(place, editor, text: str | bytes, *, on=NEXT, complete=False) -> ImportDraft:
    content = text.encode() if isinstance(text, str) else text
    draft, _notes = imports.upload(
        content,
        name="team.csv",
        agency=place.agency,
        effective_on=on,
        is_complete=complete,
        by=editor,
        now=clock.now(),
    )
    return draft


def plan(draft):
    return imports.plan(draft, today=TODAY)


def told(lines) -> list[str]:
    """The lines of a plan as a person reads them."""
    return [
        f"{line.number or '–'} {line.about}: "
        + ", ".join(f"{d.label} {d.before or '–'} → {d.after or '–'}" for d in line.differences)
        for line in lines
    ]


def publish(draft, editor) -> Publication:
    found = plan(draft)
    assert found.is_sound, (found.problems, found.unmatched)
    published, _led_to = imports.publish(draft, looked=found.digest, by=editor, now=clock.now())
    return published


def everything() -> list:
    """All rows that an import may write."""
    models = (Post, PostTranslation, Person, Tenure, Responsibility)
    return [list(model.objects.order_by("pk").values()) for model in models]


def rules(area) -> list[tuple]:
    found = Responsibility.objects.filter(area=area).order_by("pk")
    return list(found.values_list("post__slug", "valid_from", "valid_until"))


# Responsibilities ---------------------------------------------------------------------------------


def test_another_post_in_a_row_is_a_hand_over_from_the_day_on(place, editor):
    before = everything()
    draft = upload(place, editor, RULES + "Grimma;;;kik;;;\nBorna;;;kik;;;\n")

    found = plan(draft)
    assert told(found.changed) == [
        "2 Grimma: answers Koordinatorin (Martina Richter) → Kommunale Koordinatorin (Jana Loth), "
        "first day – → 1 Dec 2026"
    ]
    assert told(found.unchanged) == ["3 Borna: "]
    published = publish(draft, editor)

    assert rules(place.grimma) == [("koi", None, dt.date(2026, 11, 30)), ("kik", NEXT, None)]
    assert (published.kind, published.reason) == ("import", "team.csv")
    undo(published, by=editor, now=clock.now())
    assert everything() == before


def test_a_row_with_a_later_first_day_hands_over_on_that_day(place, editor):
    draft = upload(place, editor, RULES + "Grimma;;;kik;01.02.2027;;\n")

    publish(draft, editor)

    assert rules(place.grimma) == [
        ("koi", None, dt.date(2027, 1, 31)),
        ("kik", dt.date(2027, 2, 1), None),
    ]


def test_what_an_incomplete_file_does_not_name_stays(place, editor):
    found = plan(upload(place, editor, RULES + "Nerchau (Grimma);;;kik;;;\n"))

    assert told(found.new) == [
        "2 Nerchau (Grimma): answers – → Kommunale Koordinatorin (Jana Loth), "
        "first day – → 1 Dec 2026"
    ]
    assert (found.changed, found.ended) == ([], [])


def test_what_a_complete_file_does_not_name_ends_the_day_before(place, editor):
    before = everything()
    later = factories.rule(place.loth, place.nerchau, valid_from=dt.date(2027, 1, 1))
    later.delete()
    draft = upload(place, editor, RULES + "Grimma;;;koi;;;\n", complete=True)

    found = plan(draft)
    assert told(found.ended) == [
        "– Borna: Kommunale Koordinatorin (Jana Loth): last day – → 30 Nov 2026"
    ]
    outlook = imports.look_ahead(draft, found, by=editor, now=clock.now())
    assert [str(gap) for gap in outlook.consequences.gaps] == [
        "From 1 Dec 2026 nobody answers for Borna."
    ]
    assert [area.name for gap in outlook.gaps for area in gap.areas] == ["Borna"]
    assert everything() == before
    published = publish(draft, editor)

    assert rules(place.borna) == [("kik", None, dt.date(2026, 11, 30))]
    undo(published, by=editor, now=clock.now())
    assert everything() == before


def test_days_and_sharing_change_in_place_and_missing_columns_keep_what_is_stored(place, editor):
    Responsibility.objects.update(joint=True, valid_until=dt.date(2027, 6, 30))

    found = plan(upload(place, editor, "post;place;last day\nkoi;Grimma;31.12.2026\nkik;Borna;\n"))

    assert told(found.changed) == [
        "2 Grimma: last day 30 Jun 2027 → 31 Dec 2026",
        "3 Borna: last day 30 Jun 2027 → –",
    ]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("Grima;;;kik;;;", "No place of this agency is called “Grima”."),
        (";99999999;;kik;;;", "No place of this agency has the key 99999999."),
        ("Grimma;;;kikk;;;", "No post of this agency has the key “kikk”."),
        ("Altstadt;;;kik;;;", "Several places are called “Altstadt”."),
        ("Fremdstadt;;;kik;;;", "No place of this agency is called “Fremdstadt”."),
    ],
)
def test_what_is_not_known_is_asked_and_not_guessed(place, editor, row, message):
    factories.quarter("Altstadt", place.grimma)
    factories.quarter("Altstadt", place.borna)
    factories.municipality("Fremdstadt")

    found = plan(upload(place, editor, RULES + row + "\n"))

    assert [row.message for row in found.unmatched] == [message]
    assert (found.changes, found.is_sound) == ([], False)


def test_a_key_and_a_name_that_mean_two_places_are_not_guessed(place, editor):
    found = plan(upload(place, editor, RULES + f"Borna;{place.grimma.key};;kik;;;\n"))

    (row,) = found.unmatched
    assert row.message == f"The key {place.grimma.key} is that of Grimma, not of “Borna”."
    assert row.choices == ((place.grimma.key, "Grimma"), (place.borna.key, "Borna"))


def test_a_suggestion_that_is_chosen_settles_the_row_and_any_row_can_be_left_out(place, editor):
    draft = upload(place, editor, RULES + "Grima;;;kik;;;\nNirgends;;;kik;;;\n")
    first, second = plan(draft).unmatched
    assert first.choices == ((place.grimma.key, "Grimma"),)
    assert (place.borna.key, "Borna") in second.more

    imports.choose(draft, {(2, "place"): place.grimma.key, (3, "place"): "-"})

    found = plan(ImportDraft.objects.get(pk=draft.pk))
    assert found.is_sound
    assert [line.number for line in found.changed] == [2]
    assert [line.number for line in found.left_out] == [3]


def test_a_town_that_stands_there_twice_is_a_mistake_that_names_both_lines(place, editor):
    text = RULES + "Grimma;;;kik;;;\nBorna;;;kik;;;\nGrimma;;;koi;;;\n"

    found = plan(upload(place, editor, text))

    assert [str(problem) for problem in found.problems] == [
        "Line 4: Grimma stands in line 2 already, for the same days."
    ]
    with pytest.raises(RefusedError):
        imports.publish(ImportDraft.objects.get(), looked=found.digest, by=editor, now=clock.now())
    assert not Publication.objects.exists()


def test_a_town_may_be_shared_and_may_change_hands_within_one_file(place, editor):
    text = RULES + "Grimma;;;koi;;31.12.2026;\nGrimma;;;kik;1.1.2027;;\n"
    text += "Borna;;;kik;;;ja\nBorna;;;koi;;;ja\n"

    publish(upload(place, editor, text), editor)

    assert rules(place.grimma) == [
        ("koi", None, dt.date(2026, 12, 31)),
        ("kik", dt.date(2027, 1, 1), None),
    ]
    assert set(Responsibility.objects.filter(area=place.borna).values_list("joint")) == {(True,)}


def test_mistakes_in_cells_are_all_named_with_line_and_column(place, editor):
    topic = factories.topic()
    text = RULES + f"Grimma;;Bildun;kik;31.2.2027;x;vielleicht\n;;;;;;\nBorna;;{topic};;;;\n"
    text += "Borna;;Bildung;kik;2.1.2027;1.1.2027;\n"

    found = plan(upload(place, editor, text))

    assert [str(problem) for problem in found.problems] == [
        "Line 2, column “First day”: “31.2.2027” is no date such as 2026-12-31 or 31.12.2026.",
        "Line 2, column “Last day”: “x” is no date such as 2026-12-31 or 31.12.2026.",
        "Line 2, column “Shared”: “vielleicht” is neither yes nor no.",
        "Line 2, column “Topic”: There is no topic “Bildun”. There are: Bildung.",
        "Line 4, column “Post key”: Please name the post that answers.",
        "Line 5, column “Last day”: The last day lies before the first day.",
    ]


def test_what_the_checks_refuse_is_told_with_its_line(place, editor):
    foreign = factories.agency("Zweite Stelle", place.district)
    topic = factories.topic()
    factories.rule(factories.post(foreign), place.borna, topic=topic)
    draft = upload(place, editor, RULES + "Grimma;;;koi;;;\nBorna;;education;kik;;;\n")

    outlook = imports.look_ahead(draft, plan(draft), by=editor, now=clock.now())

    (problem,) = outlook.problems
    assert str(problem).startswith("Line 3: Borna (Bildung) belongs to Koordination (")


@pytest.mark.parametrize("kind", ImportDraft.Kind.values)
@pytest.mark.parametrize("file_format", sheets.FORMATS)
@pytest.mark.parametrize("language", ["de", "en"])
def test_what_is_saved_and_read_again_changes_nothing(place, editor, kind, file_format, language):
    factories.rule(place.loth, place.nerchau, topic=factories.topic(), joint=True)
    factories.rule(place.loth, place.district, valid_from=NEXT, valid_until=dt.date(2027, 1, 1))
    factories.holder(place.loth, "Zweite, Kollegin M.A.", valid_from=dt.date(2026, 1, 1))
    Post.objects.filter(pk=place.loth.pk).update(phone="+49 3433 241-0", staffing="planned")
    with translation.override(language):
        rows = tables.rows(kind, place.agency, today=TODAY)
        content = sheets.write(file_format, tables.header(kind), rows)
        found = plan(upload(place, editor, content, complete=True))

    assert len(rows) > 1
    assert found.is_sound, (found.problems, found.unmatched)
    assert (found.size, found.changes, found.edits) == (0, [], [])
    assert len(found.unchanged) == len(rows)


# Contacts -----------------------------------------------------------------------------------------


def test_contacts_change_field_by_field_and_come_back(place, editor):
    before = everything()
    text = "Kennung der Stelle;Bezeichnung;Ansprechperson;Telefon;Raum;Büro;Besetzung\n"
    text += "koi;Koordinatorin;Nora Neu;'+49 3433 1;2.60;Grimma, Südstraße 80;besetzt\n"
    text += ";Sprachmittlung;Nora Neu;03433 5;;;geplant\n"
    draft = upload(place, editor, text)

    found = plan(draft)
    assert told(found.changed) == [
        "2 Koordinatorin (Martina Richter): held by Martina Richter → Nora Neu, room 414 → 2.60, "
        "telephone 03433 241-3431 → +49 3433 1"
    ]
    assert told(found.new) == [
        "3 Sprachmittlung: held by – → Nora Neu, telephone – → 03433 5, staffing – → planned"
    ]
    published = publish(draft, editor)

    post = Post.objects.get(slug="sprachmittlung-landkreis-leipzig")
    assert (str(post), post.staffing) == ("Sprachmittlung", "planned")
    assert list(
        Tenure.objects.filter(post=place.richter).values_list("person__name", "valid_until")
    ) == [("Martina Richter", dt.date(2026, 11, 30)), ("Nora Neu", None)]
    assert Person.objects.filter(name="Nora Neu").count() == 1
    assert post.history.count() == 1
    undo(published, by=editor, now=clock.now())
    assert everything() == before


def test_a_contact_without_a_key_is_found_by_title_and_holder(place, editor):
    text = "Title;Held by;Telephone\nKommunale Koordinatorin;Jana Loth;03433 1\n"

    found = plan(upload(place, editor, text))

    assert told(found.changed) == [
        "2 Kommunale Koordinatorin (Jana Loth): telephone 03433 241 4742 → 03433 1"
    ]


def test_unclear_contacts_are_asked_and_settled(place, editor):
    twin = factories.post(place.agency, "Kommunale Koordinatorin", slug="kik-2")
    factories.holder(twin, "Jana Loth")
    text = "post;title;holder\n;Kommunale Koordinatorin;Jana Loth\nkik-3;Neue Stelle;\n"
    text += "koi;Koordinatorin;Jana Loth\nkik;A;\nkik;B;\n"
    draft = upload(place, editor, text)

    found = plan(draft)
    assert [(row.number, row.field, row.message) for row in found.unmatched] == [
        (2, "post", "Several posts have this title and these holders."),
        (3, "post", "No post of this agency has the key “kik-3”."),
        (4, "holder", "Several people are called “Jana Loth”."),
    ]
    assert [str(problem) for problem in found.problems] == [
        "Line 6: Kommunale Koordinatorin (Jana Loth) stands in line 5 already."
    ]

    person = Person.objects.filter(name="Jana Loth").first()
    imports.choose(draft, {(2, "post"): "kik-2", (3, "post"): "+", (4, "holder"): str(person.pk)})
    found = plan(draft)
    assert found.unmatched == []
    assert [line.about for line in found.new] == ["Neue Stelle"]


def test_a_complete_list_of_contacts_ends_holders_and_places_of_the_others(place, editor):
    before = everything()
    draft = upload(place, editor, "post;title\nkoi;Koordinatorin\n", complete=True)

    assert told(plan(draft).ended) == [
        "– Kommunale Koordinatorin (Jana Loth): last day – → 30 Nov 2026, places Borna → –"
    ]
    published = publish(draft, editor)

    assert rules(place.borna) == [("kik", None, dt.date(2026, 11, 30))]
    assert Tenure.objects.get(post=place.loth).valid_until == dt.date(2026, 11, 30)
    undo(published, by=editor, now=clock.now())
    assert everything() == before


def test_values_of_no_kind_are_named_with_line_and_column(place, editor):
    text = "Titel;Title;Telephone;Fax;E-mail;Staffing;Office\n"
    with pytest.raises(UnreadableError) as refused:
        upload(place, editor, text)
    assert "Line 1: No column is called “Titel”." in str(refused.value)

    text = "Title;Telephone;Fax;E-mail;Staffing;Office\n;3433241;n/a;kik@;halb;Mond\n"
    found = plan(upload(place, editor, text))
    assert [str(problem)[:60] for problem in found.problems] == [
        "Line 2, column “Telephone”: “3433241” has lost its leading z",
        "Line 2, column “Fax”: Write the number with digits, spaces a",
        "Line 2, column “E-mail”: Enter a valid email address.",
        "Line 2, column “Staffing”: “halb” is none of: filled, vacant",
        "Line 2, column “Title”: Please give a title.",
        "Line 2, column “Office”: There is no office “Mond”. There ar",
    ]


# Files --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Ort;Thema\nGrimma;\n", "Line 1: The column “Post key” is missing."),
        ("Kennung der Stelle;Raum\nkik;1\n", "Line 1: The column “Title” is missing."),
        ("Thema;Kennung der Stelle;Geteilt\n;kik;\n", "“Official key” or “Place” is missing."),
        ("Ort;Ort;Kennung der Stelle\na;b;kik\n", "The column “Place” stands here twice."),
        ("Ort;Kennung der Stelle\n", "There is nothing below the first line."),
        ("Ort|Kennung der Stelle\nGrimma|kik\n", "not separated by semicolon, comma or tab"),
        (RULES.encode("utf-8") + "Gr\x81".encode("latin-1"), "encoding of this file cannot be"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_and_not_kept(place, editor, text, message):
    with pytest.raises(UnreadableError) as refused:
        upload(place, editor, text)

    assert message in str(refused.value)
    assert not ImportDraft.objects.exists()


def test_everything_that_is_wrong_with_a_file_is_told_at_once(place, editor):
    text = "Kennung der Stelle;Ort;Erster Tag\nkik;Grimma;morgen\nkik,Borna,\n"

    with pytest.raises(UnreadableError) as refused:
        upload(place, editor, text)

    assert [str(problem) for problem in refused.value.problems] == [
        "Line 2, column “First day”: “morgen” is no date such as 2026-12-31 or 31.12.2026.",
        "Line 3: 1 cells instead of the 3 of the first line.",
    ]


# Publishing ---------------------------------------------------------------------------------------


def test_what_has_changed_since_somebody_looked_is_not_published(place, editor):
    draft = upload(place, editor, RULES + "Grimma;;;kik;;;\n")
    looked = plan(draft).digest
    Responsibility.objects.filter(area=place.grimma).update(valid_from=dt.date(2020, 1, 1))
    before = everything()

    with pytest.raises(OutdatedError):
        imports.publish(draft, looked=looked, by=editor, now=clock.now())
    assert everything() == before
    publish(draft, editor)
    with pytest.raises(OutdatedError):  # twice is once
        imports.publish(draft, looked=plan(draft).digest, by=editor, now=clock.now())
    assert Publication.objects.count() == 1


def test_a_draft_that_has_lain_begins_today_and_changes_nothing_that_has_been(place, editor):
    draft = upload(place, editor, RULES + "Grimma;;;kik;;;\n", on=dt.date(2026, 1, 1))

    publish(draft, editor)

    assert rules(place.grimma)[1] == ("kik", TODAY, None)


def test_drafts_go_after_a_week_unless_they_were_published(place, editor):
    old, kept, published = (upload(place, editor, RULES + "Grimma;;;kik;;;\n") for _ in range(3))
    publish(published, editor)
    ImportDraft.objects.exclude(pk=kept.pk).update(uploaded_at=SUNDAY - dt.timedelta(days=8))

    assert imports.delete_old(SUNDAY) == "1 deleted"

    assert set(ImportDraft.objects.all()) == {kept, published}
    assert old.pk


def queries(call) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        call()
    return len(captured)


def test_the_number_of_queries_does_not_depend_on_that_of_the_rows(place, editor):
    towns = [factories.municipality(f"Ort {number}", place.district) for number in range(40)]
    few = upload(place, editor, RULES + "".join(f";{t.key};;kik;;;\n" for t in towns[:3]))
    many = upload(place, editor, RULES + "".join(f";{t.key};;koi;;;\n" for t in towns[3:]))
    plan(few)  # the places are read once a version

    assert queries(lambda: plan(few)) == queries(lambda: plan(many))
    assert queries(lambda: publish(few, editor)) == queries(lambda: publish(many, editor))


@pytest.mark.django_db(transaction=True)
def test_of_two_editors_who_publish_at_the_same_moment_one_sees_the_conflict(place, editor):
    one = upload(place, editor, RULES + "Grimma;;;kik;;;\n")
    other = upload(place, editor, RULES + "Grimma;;;kik;1.2.2027;;\nBorna;;;koi;;;\n")
    looked = {draft: plan(draft).digest for draft in (one, other)}
    start = threading.Barrier(2)

    def publish_at_once(draft) -> str:
        try:
            start.wait()
            imports.publish(draft, looked=looked[draft], by=editor, now=clock.now())
        except OutdatedError:
            return "conflict"
        finally:
            connection.close()
        return "published"

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(publish_at_once, looked))

    assert sorted(outcomes) == ["conflict", "published"]
    (draft,) = ImportDraft.objects.filter(publication=None)
    assert outcomes[[one, other].index(draft)] == "conflict"
    assert Publication.objects.count() == 1
