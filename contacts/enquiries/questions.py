"""What the form of each kind of enquiry asks, and in which words."""

from django.utils.translation import gettext_lazy as _

from contacts.models.enquiry import EnquiryKind

Kind = EnquiryKind
REACH = ("name", "email", "phone")
# Which fields the form of each kind has, in this order.
FIELDS = {
    Kind.HELP_OFFERED: ("activities", "text", "times", "languages", "more_languages", "place"),
    Kind.HELP_WANTED: ("activities", "text", "times", "languages", "more_languages", "place"),
    Kind.PEOPLE_WANTED: ("activities", "text", "times", "organisation", "place"),
    Kind.IDEA: ("text", "organisation", "place"),
    Kind.INTERPRETER: (
        "wanted_language",
        "more_languages",
        "talk",
        "talk_on",
        "talk_at",
        "place",
        "text",
    ),
    Kind.NETWORK: ("organisation", "text", "place"),
    Kind.BARRIER: ("text",),
}
# Without these there is nothing to answer.
NEEDED = {
    Kind.HELP_OFFERED: {"activities", "place"},
    Kind.HELP_WANTED: {"activities", "place"},
    Kind.PEOPLE_WANTED: {"text", "place"},
    Kind.IDEA: {"text", "place"},
    Kind.INTERPRETER: {"wanted_language", "talk", "talk_on", "talk_at", "place"},
    Kind.NETWORK: {"organisation", "text", "place"},
    Kind.BARRIER: {"text"},
}
LABELS = {
    (Kind.HELP_OFFERED, "activities"): _("How would you like to help?"),
    (Kind.HELP_WANTED, "activities"): _("What do you need help with?"),
    (Kind.PEOPLE_WANTED, "activities"): _("What is it about?"),
    (Kind.HELP_OFFERED, "times"): _("When do you have time?"),
    (Kind.HELP_WANTED, "times"): _("When would it suit you?"),
    (Kind.PEOPLE_WANTED, "times"): _("When do you meet?"),
    (Kind.HELP_OFFERED, "languages"): _("Which languages do you speak?"),
    (Kind.HELP_WANTED, "languages"): _("Which languages do you speak?"),
    (Kind.PEOPLE_WANTED, "text"): _("Whom do you look for, and what for?"),
    (Kind.IDEA, "text"): _("What is your idea?"),
    (Kind.NETWORK, "text"): _("What do you do, and what would you like to do with us?"),
    (Kind.BARRIER, "text"): _("What does not work?"),
    (Kind.INTERPRETER, "place"): _("Where is the talk?"),
}
HINTS = {
    (Kind.HELP_OFFERED, "times"): _("For example: two evenings a week, from 6 pm."),
    (Kind.HELP_WANTED, "times"): _("For example: in the afternoon, not on Fridays."),
    (Kind.PEOPLE_WANTED, "times"): _("For example: every Tuesday at 5 pm."),
    (Kind.BARRIER, "text"): _(
        "Say what you wanted to do, and with which device. Write in any language."
    ),
    (Kind.INTERPRETER, "talk_on"): _("Today or tomorrow? Then please call as well."),
    (Kind.INTERPRETER, "text"): _("What helps us to prepare. Please name no illness."),
}
