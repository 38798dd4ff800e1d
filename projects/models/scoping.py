"""Who may see a case: its contributors, and the staff of its agency who have to do with it."""

from typing import Self

from django.db import models
from django.db.models import Q

from contacts.models.on_duty import posts_of
from contacts.roles import Role, agencies_of
from projects.states import ApplicationState

# Coordinators see the cases of their own posts; editors have no part in grants.
WHOLE_AGENCY = frozenset(
    {Role.CASEWORKER, Role.DECIDER, Role.FINANCE, Role.AUDITOR, Role.AGENCY_ADMIN}
)

LOCK_KEEPERS = frozenset({Role.AUDITOR, Role.AGENCY_ADMIN})


class CaseQuerySet(models.QuerySet):
    """Rows of a case; `case_path` of the model leads to its application ("" on itself)."""

    def visible_to(self, user) -> Self:
        """What `user` may see: contributors their own cases, staff those of their part.

        Drafts are the applicant's own until they are shown to the office; only what the office
        itself enters (paper, telephone) is seen there from the start. What is locked from normal
        view is seen by auditors and the agency's administration alone.
        """
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if not user.is_staff:
            return self.filter(self._where(contributors__user=user))
        shown = ~Q(**self._key(state=ApplicationState.DRAFT)) | ~Q(**self._key(channel="online"))
        if user.is_superuser:
            return self.filter(shown)
        shown &= self._where(restricted_at=None) | self._where(
            agency__in=agencies_of(user, LOCK_KEEPERS)
        )
        own = self._where(agency__in=agencies_of(user, WHOLE_AGENCY))
        posts = self._where(
            agency__in=agencies_of(user, frozenset({Role.COORDINATOR})),
            assigned_post__in=posts_of(user),
        )
        return self.filter(shown & (own | posts))

    def of_agencies(self, agency_ids) -> Self:
        """The rows of the cases of these agencies."""
        return self.filter(**{f"{self.model.agency_path}__in": agency_ids})

    def _where(self, **conditions) -> Q:
        return Q(**self._key(**conditions))

    def _key(self, **conditions) -> dict:
        path = self.model.case_path
        return {f"{path}__{name}" if path else name: value for name, value in conditions.items()}
