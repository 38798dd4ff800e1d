"""The words of the grant procedure as choices: who applies, for what, with which money.

Which of them a programme offers, with which ceilings and texts, stands in its rule set; that they
exist, and what follows from them, is code.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ApplicantType(models.TextChoices):
    """Who applies. `LEGAL_PERSONS` have representatives and papers, `BODIES` may need a partner."""

    INITIATIVE = "initiative", _("Volunteer initiative")
    PRIVATE = "private", _("Private person")
    ASSOCIATION = "association", _("Registered association (e. V.)")
    MUNICIPAL = "municipal", _("Town or municipal body")
    INDEPENDENT = "independent", _("Independent body")
    WELFARE = "welfare", _("Welfare organisation")
    RELIGIOUS = "religious", _("Recognised religious community")


LEGAL_PERSONS = frozenset(ApplicantType) - {ApplicantType.INITIATIVE, ApplicantType.PRIVATE}
BODIES = LEGAL_PERSONS - {ApplicantType.ASSOCIATION}


class FundingArea(models.TextChoices):
    LANGUAGE = "language", _("Learning the language")
    ORIENTATION = "orientation", _("Finding one’s way")
    MEDIATION = "mediation", _("Mediating between languages and cultures")


class MeasureKind(models.TextChoices):
    """What is to be done; `LANGUAGE_COURSE` brings questions of its own."""

    LANGUAGE_COURSE = "language-course", _("Language or conversation course")
    INTERPRETING = "interpreting", _("Interpreting and language mediation")
    MEETING = "meeting", _("Project where people meet")
    CULTURE = "culture", _("Culture for women, men, children or families")
    MENTORING = "mentoring", _("Mentoring or family sponsorship")
    EXCURSION = "excursion", _("Excursion")
    FESTIVAL = "festival", _("Neighbourhood festival")
    OTHER = "other", _("Something else")


class StartRule(models.TextChoices):
    """From when a project may begin without losing the grant."""

    AFTER_APPLICATION = "after-application", _("once the application has been sent")
    AFTER_APPROVAL = "after-approval", _("once it has been approved")
    EARLY_ON_REQUEST = "early-on-request", _("earlier, if the office has agreed in writing")


class CostKind(models.TextChoices):
    FEES = "fees", _("Fees")
    MATERIAL = "material", _("Material")
    RENT = "rent", _("Rent")
    TRAVEL = "travel", _("Travel")
    PUBLICITY = "publicity", _("Flyers and publicity")
    INSURANCE = "insurance", _("Insurance")
    TICKETS = "tickets", _("Tickets and admission")
    VOLUNTEERS = "volunteers", _("Lump sum for volunteers")
    CATERING = "catering", _("Food and drink")
    STAFF = "staff", _("Staff costs")
    OTHER = "other", _("Other")


class IncomeKind(models.TextChoices):
    """Money beside the grant that is applied for; work and things are no money."""

    OWN = "own", _("Own money")
    CONTRIBUTIONS = "contributions", _("Fees of participants, donations")
    THIRD_PARTY = "third-party", _("Money of others, such as foundations")
    PUBLIC = "public", _("Public money of another office")


class Paper(models.TextChoices):
    """Where a paper of a legal person is: exactly these three answers."""

    ATTACHED = "attached", _("I attach it")
    KNOWN = "known", _("You have it already")
    NOT_NEEDED = "not-needed", _("There is none")


class DeclarationKey(models.TextChoices):
    """What an applicant declares. A rule set asks those for which it has a text.

    `OPTIONAL` ones may stay unticked.
    """

    TRUE = "true", _("complete and true")
    NOT_STARTED = "not-started", _("not begun too early")
    NO_DOUBLE = "no-double", _("not funded twice")
    NO_CLAIM = "no-claim", _("no claim to funding")
    AUTHORISED = "authorised", _("may act for the applicant")
    PRIVACY = "privacy", _("privacy notice read")
    PUBLICATION = "publication", _("publication noted")
    LOGO = "logo", _("funding is named in public")
    ELECTRONIC = "electronic", _("letters in electronic form")
    SUBSIDY = "subsidy", _("facts relevant to subsidies")
    MINORS = "minors", _("certificates where minors take part")
    PAY = "pay", _("staff is paid no better than the county's")


OPTIONAL_DECLARATIONS = frozenset({DeclarationKey.ELECTRONIC})


class FundingKind(models.TextChoices):
    """How the amount of a grant follows from the costs in the end."""

    GAP = "gap", _("gap funding: what other money does not cover, up to the grant")
    SHARE = "share", _("share funding: a fixed share of the recognised costs")
    FIXED = "fixed", _("fixed amount")


class CheckKey(models.TextChoices):
    """What a caseworker goes through before a decision is proposed."""

    ELIGIBLE = "eligible", _("The applicant may apply.")
    PLACE = "place", _("The project takes place in the county.")
    PURPOSE = "purpose", _("The project serves the purpose of the programme.")
    DAYS = "days", _("First and last day lie within the call; it has not begun too early.")
    COSTS = "costs", _("The costs are necessary and economical.")
    FINANCING = "financing", _("The financing is secured; nothing is funded twice.")
    PAPERS = "papers", _("All papers and declarations are there.")


class Channel(models.TextChoices):
    """How an application came."""

    ONLINE = "online", _("online")
    PAPER = "paper", _("on paper")
    ASSISTED = "assisted", _("by phone or at the office")
