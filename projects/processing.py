"""What the app stores about people, and why: see `portal.processing`."""

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from portal.processing import Activity, Basis, register
from projects.keeping.due import DRAFT_DAYS
from projects.models import RuleSet
from projects.offers import SUBMITTER_KEPT


def _applications_kept() -> list[str]:
    """The periods of the rules of a programme are those of new ones, unless it has set others."""
    refused, granted = (
        RuleSet._meta.get_field(name).default
        for name in ("keep_refused_years", "keep_grants_years")
    )
    return [
        ngettext(
            "Drafts that were never sent: %(days)d day after the call has closed.",
            "Drafts that were never sent: %(days)d days after the call has closed.",
            DRAFT_DAYS.days,
        )
        % {"days": DRAFT_DAYS.days},
        ngettext(
            "Refused and withdrawn applications: %(years)d year, unless the programme says "
            "otherwise.",
            "Refused and withdrawn applications: %(years)d years, unless the programme says "
            "otherwise.",
            refused,
        )
        % {"years": refused},
        ngettext(
            "Grants: %(years)d year after the file was closed, unless the programme says "
            "otherwise.",
            "Grants: %(years)d years after the file was closed, unless the programme says "
            "otherwise.",
            granted,
        )
        % {"years": granted},
        gettext("Lists of participants: until the proof of use has been checked."),
        gettext(
            "What is left are the number, the amounts and the outcome. Before a file is erased, "
            "the public archive may be asked whether it wants it."
        ),
    ]


def _offers_kept() -> list[str]:
    days = SUBMITTER_KEPT.days
    return [
        ngettext(
            "Who entered an offer: %(days)d day after it was declined or has ended.",
            "Who entered an offer: %(days)d days after it was declined or has ended.",
            days,
        )
        % {"days": days},
        gettext("The contact of an offer: as long as the office keeps the offer."),
    ]


def _projects_kept() -> list[str]:
    return [gettext("As long as the project stands in the list; it is part of what was done.")]


APPLICATIONS = Activity(
    key="applications",
    name=_("Applications for funding and grants"),
    situation=_("You apply for money for a project"),
    people=_("applicants, who writes along, their partners, and who takes part in a project"),
    purpose=_("to decide on applications, to pay grants, and to check the proof of use"),
    notice=_(
        "The office stores what you write and send, who writes along, each message, decision and "
        "payment, and who has done what and when. Nothing is decided by a machine. The title of a "
        "funded project, who carries it, its town and the amount are published; private persons "
        "are not named there. Please black out in files what we do not need, such as nationality "
        "or religion."
    ),
    recipients=_(
        "The office, its cashier for payments, and the audit offices that may look at grants."
    ),
    basis=Basis.PUBLIC_TASK,
    kept=_applications_kept,
    fields={
        "projects.application": "reference caseworker title summary applicant_name",
        "projects.sectionanswers": "answers saved_by",
        "projects.applicationversion": "content pdf submitted_by",
        "projects.attachment": "name file added_by",
        "projects.contributor": "user",
        "projects.invitation": "email invited_by",
        "projects.message": "author text",
        "projects.comment": "author text",
        "projects.changerequest": "text asked_by answer",
        "projects.reminder": "user text created_by",
        "projects.caseevent": "actor user data",
        "projects.latepermit": "reason granted_by",
        "projects.proposal": "lines checklist reason conditions proposed_by",
        "projects.letter": "content pdf issued_by",
        "projects.delivery": "sent_by",
        "projects.hearing": "answer",
        "projects.objection": "text filed_by decided_by reason",
        "projects.planline": "description note",
        "projects.amendment": "reason lines requested_by checked_by advice decided_by "
        "decision_reason",
        "projects.extension": "reason granted_by",
        "projects.payout": "holder iban holder_reason requested_by certified_by ordered_by reason",
        "projects.claim": "reason proposed_by ordered_by",
        "projects.ledgerentry": "reference note booked_by",
        "projects.proof": "answers query",
        "projects.receipt": "payee purpose",
        "projects.proofversion": "content pdf submitted_by",
        "projects.settlement": "lines reason checked_by confirmed_by",
        "projects.archiveoffer": "answered_by",
        "projects.caseseal": "reference",
        "projects.ruleset": "created_by",
        "projects.calendarfeed": "user",
        "projects.fundedproject": "title summary recipient",
    },
    words={
        "projects.sectionanswers.answers": _("what you answer in the form"),
        "projects.proof.answers": _("what you report in the proof of use"),
        "projects.applicationversion.content": _("the application as you have sent it"),
        "projects.applicationversion.pdf": _("the application as you have sent it"),
        "projects.proofversion.content": _("the proof of use as you have sent it"),
        "projects.proofversion.pdf": _("the proof of use as you have sent it"),
        "projects.letter.content": _("letters of the office"),
        "projects.letter.pdf": _("letters of the office"),
        "projects.message.text": _("messages"),
        "projects.comment.text": _("notes of the office"),
        "projects.reminder.text": _("notes of the office"),
        "projects.changerequest.text": _("requests for changes"),
    },
    kinds=("applications", "calendar"),
    jobs=("erase-due", "sweep-files"),
)

OFFERS = Activity(
    key="offers",
    name=_("Guide to offers"),
    situation=_("You enter an offer in the guide"),
    people=_("contacts of offers, and who has entered them"),
    purpose=_("to show which offers there are, and to ask once a year whether they still hold"),
    notice=_(
        "The contact of an offer is published with it. Your own name and e-mail address are for "
        "the office only."
    ),
    recipients=_("Everybody reads the contact of an offer; the office reads who has entered it."),
    basis=Basis.PUBLIC_TASK,
    kept=_offers_kept,
    fields={
        "projects.offer": "contact_name phone email submitter_name submitter_email decided_by",
    },
    kinds=("offers",),
    jobs=("forget-submitters",),
)

PROJECTS = Activity(
    key="projects",
    name=_("Contacts of projects"),
    situation=_("You are the contact of a project"),
    people=_("contacts of projects, at work"),
    purpose=_("to tell the public whom to ask about a project"),
    notice=_("Your name, your role and how to reach you at work are published with the project."),
    recipients=_("Everybody."),
    basis=Basis.PUBLIC_TASK,
    kept=_projects_kept,
    fields={"projects.projectcontact": "name role phone email"},
)

THINGS = {
    "projects.programme": "slug prefix email",
    "projects.programmetranslation": "name summary examples applicants not_funded papers",
    "projects.ruleset": "note applicant_types partner_types authority repayment_account",
    "projects.declaration": "language text",
    "projects.call": "slug",
    "projects.calltranslation": "title note pause_reason",
    "projects.application": "uuid language",
    "projects.caseevent": "previous_digest digest",
    "projects.changerequest": "sections",
    "projects.sectionanswers": "section",
    "projects.applicationversion": "submission_key digest pdf_digest",
    "projects.attachment": "uuid content_type digest",
    "projects.letter": "uuid digest pdf_digest",
    "projects.textblock": "name text",
    "projects.calendarfeed": "key",
    "projects.planline": "kind",
    "projects.offer": "slug provider target_groups languages venue street postal_code city website "
    "nonce",
    "projects.offertranslation": "title text times_note cost_note access_note",
    "projects.project": "slug website see_also",
    "projects.projecttranslation": "title summary commissioned_by funders goals steps later_steps",
    "projects.caseseal": "last_digest outcome rule previous_digest digest",
    "projects.payout": "uuid",
    "projects.proofversion": "submission_key digest pdf_digest",
}


def register_own() -> None:
    """Called once, when the apps are ready."""
    register(APPLICATIONS, OFFERS, PROJECTS, things=THINGS)
