"""How much money there is: a budget per programme and year, and the ledger that says so.

Amounts are cents. What each kind of entry does to which sum stands in `projects.budget`.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from contacts.models.scoping import AgencyQuerySetBase
from projects.models.application import Application
from projects.models.funding import Programme


class Budget(models.Model):
    """The money of a programme in one budget year. All sums are those of its ledger."""

    agency_path = "programme__agency"

    programme = models.ForeignKey(
        Programme, verbose_name=_("programme"), on_delete=models.PROTECT, related_name="budgets"
    )
    year = models.PositiveSmallIntegerField(_("budget year"))

    objects = AgencyQuerySetBase.as_manager()

    class Meta:
        verbose_name = _("budget")
        verbose_name_plural = _("budgets")
        ordering = ["-year", "programme"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "year"],
                name="budget_once_a_year",
                violation_error_message=_("This programme has a budget for that year already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.programme} {self.year}"


class LedgerQuerySet(AgencyQuerySetBase):
    """The rows are written once and never changed; an erased case leaves its rows."""

    def update(self, **kwargs):
        raise TypeError("Ledger entries are not changed.")

    def delete(self):
        raise TypeError("Ledger entries are not deleted.")


class LedgerEntry(models.Model):
    """One booking. `free_after` is the free money after it, in cents; it may be negative.

    `cents` is what is booked in the direction of the kind; below zero it takes back. `reference` is
    the number of the case and stays when the case is erased.
    """

    agency_path = "budget__programme__agency"

    class Kind(models.TextChoices):
        ALLOCATION = "allocation", _("allocated")
        RELEASE = "release", _("released")
        BLOCK = "block", _("blocked")
        RESERVATION = "reservation", _("reserved")
        COMMITMENT = "commitment", _("committed")
        DECOMMITMENT = "decommitment", _("commitment ended")
        PAYOUT = "payout", _("paid")
        REPAYMENT = "repayment", _("paid back")
        CORRECTION = "correction", _("corrected")

    budget = models.ForeignKey(Budget, on_delete=models.PROTECT, related_name="entries")
    number = models.PositiveIntegerField(_("number"))
    kind = models.CharField(_("what"), max_length=15, choices=Kind.choices)
    corrects = models.CharField(
        _("corrects"),
        max_length=15,
        choices=Kind.choices,
        blank=True,
        help_text=_("Which sum a correction changes."),
    )
    takes_back = models.OneToOneField(
        "self",
        verbose_name=_("takes back"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="taken_back_by",
    )
    cents = models.BigIntegerField(_("amount"))
    free_after = models.BigIntegerField(_("free afterwards"))
    application = models.ForeignKey(
        Application,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="ledger_entries",
    )
    reference = models.CharField(_("number of the case"), max_length=20, blank=True)
    note = models.CharField(_("reason"), max_length=300, blank=True)
    booked_at = models.DateTimeField(_("booked"))
    booked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("by"),
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
    )

    objects = LedgerQuerySet.as_manager()

    class Meta:
        verbose_name = _("booking")
        verbose_name_plural = _("bookings")
        ordering = ["budget", "number"]
        indexes = [models.Index(fields=["budget", "kind", "corrects"], name="ledger_sums")]
        constraints = [
            models.UniqueConstraint(
                fields=["budget", "number"],
                name="ledgerentry_number_once",
                violation_error_message=_("This booking exists already."),
            ),
            models.CheckConstraint(
                condition=~Q(kind="commitment") | Q(free_after__gte=0),
                name="ledgerentry_commits_only_what_is_free",
                violation_error_message=_("There is not enough free money."),
            ),
            models.CheckConstraint(
                condition=Q(kind="correction") & ~Q(corrects="")
                | ~Q(kind="correction") & Q(corrects=""),
                name="ledgerentry_correction_names_its_sum",
                violation_error_message=_("Say what is corrected."),
            ),
            models.CheckConstraint(
                condition=~Q(cents=0),
                name="ledgerentry_moves_something",
                violation_error_message=_("An amount of nothing is not booked."),
            ),
            models.CheckConstraint(
                condition=Q(cents__gt=0)
                | Q(kind__in=["allocation", "release", "block", "reservation", "correction"]),
                name="ledgerentry_of_cases_is_positive",
                violation_error_message=_("This is booked as an amount above nothing."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.budget} {self.number}"

    def save(self, *args, **kwargs) -> None:
        if not self._state.adding:
            raise TypeError("Ledger entries are not changed.")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise TypeError("Ledger entries are not deleted.")
