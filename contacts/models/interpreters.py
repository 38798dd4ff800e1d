"""A pool of interpreters as a service: who runs it, who belongs to it, who goes where.

The desk of a pool is a post, often of a body outside the administration. Names of interpreters are
never public.
"""

from typing import Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from parler.fields import TranslationsForeignKey
from parler.managers import TranslatableManager
from parler.models import TranslatableModel, TranslatedFieldsModel

from contacts.models.agencies import Agency
from contacts.models.enquiry import Enquiry
from contacts.models.on_duty import posts_of
from contacts.models.posts import Post
from contacts.models.scoping import AgencyQuerySetBase, TranslatedPublishedQuerySet
from contacts.roles import Role, agencies_of
from portal.data_version import PublicQuerySet
from portal.history import Tracked

WHOLE_AGENCY = frozenset({Role.AGENCY_ADMIN})
DESK = frozenset({Role.COORDINATOR})


class InterpreterPool(TranslatableModel):
    """The service as the public sees it; `languages` are those of its interpreters at work."""

    public_scope = "content"
    agency_path = "agency"

    slug = models.SlugField(_("name in the address"), max_length=80, unique=True)
    agency = models.ForeignKey(
        Agency, verbose_name=_("agency"), on_delete=models.PROTECT, related_name="interpreter_pools"
    )
    post = models.OneToOneField(
        Post,
        verbose_name=_("desk of the pool"),
        on_delete=models.PROTECT,
        related_name="interpreter_pool",
        help_text=_("The post to which enquiries for interpreters come."),
    )
    run_by = models.CharField(_("run by"), max_length=200, blank=True)
    languages = models.JSONField(_("languages"), default=list, blank=True)
    started_on = models.DateField(_("first day"), null=True, blank=True)

    objects = TranslatableManager.from_queryset(TranslatedPublishedQuerySet)()
    history = Tracked()

    class Meta:
        verbose_name = _("pool of interpreters")
        verbose_name_plural = _("pools of interpreters")
        ordering = ["slug"]

    def __str__(self) -> str:
        return self.safe_translation_getter("name", default=self.slug, any_language=True)

    def clean(self) -> None:
        if self.post_id and self.agency_id and self.post.agency_id != self.agency_id:
            raise ValidationError({"post": _("This post belongs to another agency.")})


class InterpreterPoolTranslation(TranslatedFieldsModel):
    public_scope = "content"

    master = TranslationsForeignKey(
        InterpreterPool, on_delete=models.CASCADE, related_name="translations", null=True
    )
    name = models.CharField(_("name"), max_length=160)
    summary = models.TextField(_("in short"), blank=True)
    terms = models.TextField(
        _("terms"), blank=True, help_text=_("Who may ask, for what, at which cost. One a line.")
    )

    objects = PublicQuerySet.as_manager()
    history = Tracked()

    class Meta:
        verbose_name = _("translation")
        unique_together = [("language_code", "master")]

    def __str__(self) -> str:
        return self.name


def run_by(rows: QuerySet, user, *, agency: str, post: str) -> QuerySet:
    """Those of `rows` whose pool `user` runs: its desk, or the agency's administration.

    `agency` and `post` are the paths from a row to the agency and the desk of its pool.
    """
    if not user.is_authenticated or not user.is_active or not user.is_staff:
        return rows.none()
    if user.is_superuser:
        return rows.all()
    whole = Q(**{f"{agency}__in": agencies_of(user, WHOLE_AGENCY)})
    desk = Q(**{f"{agency}__in": agencies_of(user, DESK)})
    desk &= Q(**{f"{post}__in": posts_of(user)})
    return rows.filter(whole | desk)


def pools_run_by(user) -> QuerySet[InterpreterPool]:
    """The pools whose interpreters and numbers `user` sees."""
    return run_by(InterpreterPool.objects.all(), user, agency="agency", post="post")


class OfPoolQuerySet(AgencyQuerySetBase):
    """Rows of a pool; `post_path` of the model leads to its desk. Nobody else sees them."""

    def visible_to(self, user) -> Self:
        """The desk of the pool, and the agency's administration."""
        model = self.model
        return run_by(self, user, agency=model.agency_path, post=model.post_path)


class Interpreter(models.Model):
    """Somebody who interprets for a pool. `languages` is a list of codes."""

    agency_path = "pool__agency"
    post_path = "pool__post"

    pool = models.ForeignKey(
        InterpreterPool, verbose_name=_("pool"), on_delete=models.PROTECT, related_name="members"
    )
    name = models.CharField(_("name"), max_length=120)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    languages = models.JSONField(_("languages"), default=list)
    notes = models.TextField(
        _("when, where, for what"), blank=True, help_text=_("For the desk of the pool alone.")
    )
    is_active = models.BooleanField(_("at work"), default=True)

    objects = OfPoolQuerySet.as_manager()

    class Meta:
        verbose_name = _("interpreter")
        verbose_name_plural = _("interpreters")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(email="") | ~Q(phone=""),
                name="interpreter_can_be_reached",
                violation_error_message=_("Give an e-mail address or a telephone number."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Assignment(models.Model):
    """An interpreter for an enquiry; never two at a time.

    `language` is the one of several for which it counts, `day` the local date of the talk. An
    interpreter who is deleted leaves the row behind, for the statistics.
    """

    class State(models.TextChoices):
        ASKED = "asked", _("asked to come")
        CONFIRMED = "confirmed", _("confirmed")
        DECLINED = "declined", _("cannot come")
        DONE = "done", _("has taken place")
        CANCELLED = "cancelled", _("did not take place")

    UNDER_WAY = (State.ASKED, State.CONFIRMED)
    # What may follow on what; the rest is settled.
    STEPS = {
        State.ASKED: (State.CONFIRMED, State.DECLINED, State.CANCELLED),
        State.CONFIRMED: (State.DONE, State.DECLINED, State.CANCELLED),
    }

    agency_path = "pool__agency"
    post_path = "pool__post"

    enquiry = models.ForeignKey(
        Enquiry, verbose_name=_("enquiry"), on_delete=models.CASCADE, related_name="assignments"
    )
    pool = models.ForeignKey(
        InterpreterPool,
        verbose_name=_("pool"),
        on_delete=models.PROTECT,
        related_name="assignments",
    )
    interpreter = models.ForeignKey(
        Interpreter,
        verbose_name=_("interpreter"),
        on_delete=models.SET_NULL,
        null=True,
        related_name="assignments",
    )
    language = models.CharField(_("language"), max_length=10)
    day = models.DateField(_("day of the talk"))
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.ASKED)
    asked_at = models.DateTimeField(_("asked at"))
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)

    objects = OfPoolQuerySet.as_manager()

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        ordering = ["-asked_at", "-pk"]
        indexes = [models.Index(fields=["pool", "day"], name="assignment_by_day")]
        constraints = [
            models.UniqueConstraint(
                fields=["enquiry"],
                condition=Q(state__in=["asked", "confirmed", "done"]),
                name="assignment_one_at_a_time",
                violation_error_message=_("An interpreter has been asked for this already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enquiry.reference}, {self.get_state_display()}"
