"""What the app stores about people, and why: see `portal.processing`."""

from collections import defaultdict

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from contacts.corrections import CONTACT_KEPT
from contacts.enquiries.promises import KEPT_DAYS
from contacts.imports.drafts import KEPT as IMPORTS_KEPT
from contacts.network.personal import KEPT_MONTHS
from contacts.processing_things import THINGS
from contacts.reasons import listing
from portal.processing import Activity, Basis, register
from portal.processing.own import THE_OFFICE


def _published_kept() -> list[str]:
    return [
        gettext("On the pages: until the last day of the post."),
        gettext("In the history of changes: without end."),
        ngettext(
            "Uploaded lists that nobody has published: %(days)d day.",
            "Uploaded lists that nobody has published: %(days)d days.",
            IMPORTS_KEPT.days,
        )
        % {"days": IMPORTS_KEPT.days},
    ]


def _staff_kept() -> list[str]:
    return [
        gettext(
            "Accounts are switched off on the last day and kept for the files in which they acted."
        )
    ]


def _search_kept() -> list[str]:
    return [
        gettext(
            "How often a town was searched for, and names that were typed three times: without "
            "end. They name nobody."
        )
    ]


def _corrections_kept() -> list[str]:
    days = CONTACT_KEPT.days
    return [
        ngettext(
            "Your contact: %(days)d day after the matter has been settled.",
            "Your contact: %(days)d days after the matter has been settled.",
            days,
        )
        % {"days": days}
    ]


def _enquiries_kept() -> list[str]:
    """For how many days closed enquiries are kept, with the kinds of which that is true."""
    kinds: dict[int, list[str]] = defaultdict(list)
    for kind, days in KEPT_DAYS.items():
        kinds[days].append(gettext("“%s”") % kind.label)
    sentences = [f"{listing(names)}: {_after(days)}" for days, names in sorted(kinds.items())]
    return [
        *sentences,
        gettext("What is left says what it was about and in which town; it names nobody."),
    ]


def _after(days: int) -> str:
    years, rest = divmod(days, 365)
    if rest:
        return ngettext("%(days)d day after the end", "%(days)d days after the end", days) % {
            "days": days
        }
    return ngettext("%(years)d year after the end", "%(years)d years after the end", years) % {
        "years": years
    }


def _members_kept() -> list[str]:
    return [
        ngettext(
            "%(months)d month after you have left the group, or after its end.",
            "%(months)d months after you have left the group, or after its end.",
            KEPT_MONTHS,
        )
        % {"months": KEPT_MONTHS}
    ]


def _interpreters_kept() -> list[str]:
    return [
        gettext("Until you leave the pool. Your talks stay in the numbers, without your name."),
    ]


PUBLISHED = Activity(
    key="contacts",
    name=_("Published contacts"),
    situation=_("Your work contact stands on these pages"),
    people=_("staff of the offices"),
    purpose=_("to tell the public who is responsible for a town or a topic"),
    notice=_(
        "The office publishes the name, the telephone number, the room and the working hours of "
        "those who answer the public, and who stands in for them while they are away, but not why."
    ),
    recipients=_("Everybody."),
    basis=Basis.PUBLIC_TASK,
    kept=_published_kept,
    fields={
        "contacts.person": "name user",
        "contacts.spokenlanguage": "code",
        "contacts.post": "slug abbreviation room phone phone_alternative fax email",
        "contacts.posttranslation": "title",
        "contacts.legaldetails": "representative editorial_responsible data_protection_officer "
        "data_protection_email accessibility_email",
        "contacts.importdraft": "rows uploaded_by",
    },
    words={
        "contacts.post.slug": "",
        "contacts.importdraft.rows": _("lines of an uploaded list of contacts"),
    },
    jobs=("last-days", "import-drafts"),
)

STAFF = Activity(
    key="staff",
    name=_("Accounts of the staff"),
    situation=_("You work in the administration of this site"),
    people=_("staff of the offices"),
    purpose=_("to let only those work here who may, and to show who has changed what"),
    notice=_(
        "We keep your name, your e-mail address at work, your roles, the second factor of your "
        "log-in, and what you have changed and decided."
    ),
    recipients=THE_OFFICE,
    basis=Basis.EMPLOYMENT,
    kept=_staff_kept,
    fields={
        "portal.user": "email name password",
        "portal.user_groups": "user",
        "portal.user_user_permissions": "user",
        "mfa.authenticator": "user data",
        "admin.logentry": "user object_id object_repr change_message",
        "contacts.staffrole": "user",
        "contacts.noticechoice": "user",
        "contacts.publication": "published_by reason before after",
        "contacts.doubt": "note closed_by",
    },
    words={
        "mfa.authenticator.data": _("key of the second factor, encrypted"),
        "admin.logentry.change_message": _("what was changed"),
        "admin.logentry.object_id": "",
        "admin.logentry.object_repr": "",
        "contacts.publication.before": "",
        "contacts.publication.after": "",
    },
    jobs=("last-days",),
)

SEARCH = Activity(
    key="search",
    name=_("The look-up"),
    situation=_("You search for a place"),
    people=_("visitors"),
    purpose=_("to see which places are looked for, and which names are missing"),
    notice=_(
        "We count per day how often a town was searched for. What you typed is not stored; a "
        "street is dropped at once. An unknown name is kept as a hash, which nobody can read. Only "
        "when it has been typed three times in a week do we keep it in letters, so that we can add "
        "the place."
    ),
    recipients=THE_OFFICE,
    basis=Basis.PUBLIC_TASK,
    kept=_search_kept,
    fields={"contacts.missedinput": "digest text"},
    words={"contacts.missedinput.text": _("names of places that nobody knows")},
)

CORRECTIONS = Activity(
    key="corrections",
    name=_("Notes about mistakes"),
    situation=_("You send us a note"),
    people=_("who sends a note"),
    purpose=_("to put mistakes right, and to answer"),
    notice=_(
        "We store your text and, if you give it, your contact. Against floods of notes we count "
        "them for an hour under a hash of your network address. The form needs one cookie, which "
        "protects it and ends with your visit."
    ),
    recipients=THE_OFFICE,
    basis=Basis.PUBLIC_TASK,
    kept=_corrections_kept,
    fields={"contacts.correction": "asked proposed text contact closed_by"},
    jobs=("forget-senders",),
)

ENQUIRIES = Activity(
    key="enquiries",
    name=_("Enquiries"),
    situation=_("You write to an office"),
    people=_("who writes to an office, and whom they write about"),
    purpose=_("to answer, to bring helpers and those who look for help together"),
    notice=_(
        "The office that answers you stores your text, your name and how to reach you, and uses "
        "them for your enquiry alone. Another person learns your name only if you both have agreed "
        "to be introduced: this rests on your consent. Write nothing about religion, health or "
        "origin that we do not need. Against floods of messages we count them for an hour under a "
        "hash of your network address."
    ),
    recipients=_("The office that answers, and whom you agree to be introduced to."),
    basis=Basis.PUBLIC_TASK,
    kept=_enquiries_kept,
    fields={
        "contacts.enquiry": "name organisation email phone typed_place text activities languages "
        "times",
        "contacts.enquirymessage": "text by",
        "contacts.enquiryevent": "by reason",
        "contacts.introduction": "proposed_by",
    },
    kinds=("enquiries",),
    jobs=("erase-enquiries",),
)

MEMBERS = Activity(
    key="groups",
    name=_("Groups of the network"),
    situation=_("You belong to a group of a network"),
    people=_("members of working groups, and contacts of their organisations"),
    purpose=_("to invite the members to meetings, and to give them the minutes"),
    notice=_(
        "The office that runs the network keeps your name, your e-mail address, your organisation "
        "and since when you belong to the group, to invite you to its meetings. The other members "
        "see your name and organisation; they see the address only of whoever convenes the group."
    ),
    recipients=_("The members of the same group."),
    basis=Basis.PUBLIC_TASK,
    kept=_members_kept,
    fields={
        "contacts.groupmember": "name email",
        "contacts.organisation": "phone email",
        "contacts.meeting": "invited_by",
        "contacts.grouppaper": "name file added_by",
    },
    words={"contacts.grouppaper.file": _("minutes")},
    kinds=("groups",),
    jobs=("forget-members", "sweep-papers"),
)

INTERPRETERS = Activity(
    key="interpreters",
    name=_("Pools for interpreters"),
    situation=_("You interpret for a pool"),
    people=_("interpreters"),
    purpose=_("to find somebody who can interpret a talk"),
    notice=_(
        "The desk of the pool keeps your name, how to reach you, your languages, and what you have "
        "said of when, where and for what you can come, to ask you for talks. Whoever asks for an "
        "interpreter does not learn your name from this portal. If you are in the pool with an "
        "e-mail address, you can log in with it, download everything and delete it yourself."
    ),
    recipients=_("The desk of the pool, and the administration of the agency."),
    basis=Basis.PUBLIC_TASK,
    kept=_interpreters_kept,
    fields={
        "contacts.interpreter": "name email phone languages notes",
        "contacts.assignment": "language",
    },
    kinds=("interpreting",),
)


def register_own() -> None:
    """Called once, when the apps are ready."""
    activities = (SEARCH, CORRECTIONS, ENQUIRIES, MEMBERS, INTERPRETERS, PUBLISHED, STAFF)
    register(*activities, things=THINGS)
