"""The kinds of enquiries as people meet them: the address of each form, and what it is for."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from contacts.models.enquiry import Activity, EnquiryKind


@dataclass(frozen=True)
class KindPage:
    """`slug` stands in the address of the form; `lead` says what it is for."""

    kind: EnquiryKind
    slug: str
    lead: str | Promise

    @property
    def label(self) -> str | Promise:
        return self.kind.label

    def get_absolute_url(self) -> str:
        return reverse("contacts:enquiry_form", args=[self.slug])


PAGES = (
    KindPage(
        EnquiryKind.HELP_OFFERED,
        "hilfe-anbieten",
        _(
            "Offer what you do well or enjoy: sport, crafts, art, help with homework or German, "
            "company to offices and doctors, sponsoring a family. Two free evenings are enough."
        ),
    ),
    KindPage(
        EnquiryKind.HELP_WANTED,
        "hilfe-suchen",
        _(
            "You or your family need somebody: for homework, for German, for forms and "
            "applications, for company to an office or a doctor. It costs nothing."
        ),
    ),
    KindPage(
        EnquiryKind.PEOPLE_WANTED,
        "mitmachen",
        _(
            "Your club or group looks for people who take part or who help, or wants to open "
            "itself to newcomers."
        ),
    ),
    KindPage(
        EnquiryKind.IDEA,
        "idee",
        _(
            "You have an idea for a new offer or a project: we advise you on how to set it up, how "
            "to carry it out, and where money can come from."
        ),
    ),
    KindPage(
        EnquiryKind.INTERPRETER,
        "sprachmittlung",
        _("For a talk at an office, with a doctor, at a school: say which language, when, where."),
    ),
    KindPage(
        EnquiryKind.NETWORK,
        "netzwerk",
        _("Your organisation works with newcomers and wants to work with others: write to us."),
    ),
    KindPage(
        EnquiryKind.BARRIER,
        "barriere",
        _("Something on this portal cannot be read, heard or used: tell us, so that we mend it."),
    ),
)
BY_SLUG = {page.slug: page for page in PAGES}
BY_KIND = {page.kind: page for page in PAGES}
# What these kinds can be about.
ACTIVITIES = {
    EnquiryKind.HELP_OFFERED: tuple(Activity),
    EnquiryKind.HELP_WANTED: tuple(each for each in Activity if each is not Activity.CLUB),
    EnquiryKind.PEOPLE_WANTED: tuple(
        each for each in Activity if each not in (Activity.FAMILY, Activity.COMPANY)
    ),
}
