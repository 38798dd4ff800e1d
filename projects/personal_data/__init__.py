"""What applicants have written and sent: in the copy of their data, and when they are erased.

Whoever writes along at the application of somebody else gets their own words and files out of it,
and nothing of the others.
"""

from django.utils.translation import gettext_lazy

from portal import privacy
from projects.personal_data import calendar_feed, offers
from projects.personal_data.applications import export
from projects.personal_data.erasing import erase, kept


def register() -> None:
    """Called once, when the apps are ready."""
    privacy.register(
        privacy.PersonalData(
            name="applications",
            label=gettext_lazy("Your applications"),
            export=export,
            erase=erase,
            kept=kept,
            is_used=lambda user: user.contributions.exists(),
            models=(
                "projects.application",
                "projects.contributor",
                "projects.invitation",
                "projects.sectionanswers",
                "projects.applicationversion",
                "projects.attachment",
                "projects.caseevent",
                "projects.message",
                "projects.changerequest",
                "projects.letter",
                "projects.delivery",
                "projects.objection",
                "projects.hearing",
                "projects.grant",
                "projects.planline",
                "projects.payout",
                "projects.amendment",
                "projects.extension",
                "projects.claim",
                "projects.proof",
                "projects.proofversion",
                "projects.receipt",
                "projects.settlement",
            ),
        )
    )
    privacy.register(
        privacy.PersonalData(
            name="calendar",
            label=gettext_lazy("Address for your calendar"),
            export=calendar_feed.export,
            erase=calendar_feed.erase,
            models=("projects.calendarfeed",),
        )
    )
    privacy.register(
        privacy.PersonalData(
            name="offers",
            label=gettext_lazy("Offers that you have entered"),
            export=offers.export,
            erase=offers.erase,
            models=("projects.offer",),
        )
    )
