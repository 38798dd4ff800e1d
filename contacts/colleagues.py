"""Colleagues come, change what they do, and leave: the verbs around `StaffRole`.

Agency administrators call them for their agencies, superusers for all. Each is one transaction and
is logged without personal data. Dates are local and inclusive: on their last day somebody still
works; on the day after, roles, account and the name on the public card are gone.
"""

import datetime as dt
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts import publishing, staffing
from contacts.models import Agency, Person, Publication, StaffRole
from contacts.roles import Role, agencies_of
from portal import clock, jobs
from portal.accounts import journal, lifecycle, mails, sessions
from portal.models import User

ADMINS = frozenset({Role.AGENCY_ADMIN})


def may_administer(by: User, agency: Agency) -> bool:
    """Whether `by` may invite colleagues to `agency` and let them go."""
    return by.is_superuser or agency.pk in agencies_of(by, ADMINS)


def may_manage_account(by: User, user: User) -> bool:
    """Whether `by` may send an invitation again, or reset a second factor, for `user`.

    That touches the whole account. So an agency administrator may do it only for somebody who works
    for their agencies alone, and never for a superuser.
    """
    if by.is_superuser:
        return True
    agencies = set(user.staff_roles.values_list("agency_id", flat=True))
    return not user.is_superuser and bool(agencies) and agencies <= agencies_of(by, ADMINS)


@transaction.atomic
def invite(
    email: str,
    *,
    name: str,
    agency: Agency,
    roles: Iterable[Role],
    by: User,
    site: str,
    now: dt.datetime,
    person: Person | None = None,
) -> User:
    """Give `roles` of `agency` to whoever has the address `email`, who is mailed about it.

    Somebody new gets an account and a link to begin with; somebody who has one is told of the new
    roles. Which of the two it was, the caller does not learn: it would tell of other agencies.
    `person` is whom the public cards name; it goes from them when the account does.
    """
    opened = lifecycle.open_account(email, name=name, by=by)
    user = opened.user
    added = [role for role in roles if _give(user, agency, role, by=by)]
    if person is not None and not Person.objects.filter(user=user).exists():
        person.user = user
        person.save()
    if opened.is_new or not lifecycle.has_begun(user):
        lifecycle.invite(user, by=by, site=site, now=now, owner=agency.slug)
    elif added:
        labels = [str(role.label) for role in added]
        mails.role_given(user, labels, agency=str(agency), site=site, now=now, owner=agency.slug)
    return user


def _give(user: User, agency: Agency, role: Role, *, by: User) -> bool:
    """Whether `user` had not had `role` until now; an end that was set is taken back."""
    row, is_new = StaffRole.objects.get_or_create(user=user, agency=agency, role=role)
    if row.valid_until is not None:
        StaffRole.objects.filter(pk=row.pk).update(valid_until=None)
    if is_new:
        note_role(row, by=by)
    return is_new


def note_role(row: StaffRole, *, by: User, gone: bool = False) -> None:
    """Enter in the account's history that a role was given, or taken."""
    said = gettext_lazy("Role taken: %(role)s") if gone else gettext_lazy("Role given: %(role)s")
    event = f"role {row.role} of agency {row.agency_id} {'taken' if gone else 'given'}"
    journal.note(row.user, said % {"role": row.get_role_display()}, by=by, event=event)


@transaction.atomic
def take_role(row: StaffRole, *, by: User) -> None:
    """Take one role away. An account to which none is left is switched off."""
    note_role(row, by=by, gone=True)
    row.delete()
    _switch_off_without_role(row.user, by=by)


@transaction.atomic
def offboard(
    user: User, agency: Agency, *, by: User, last_day: dt.date | None, now: dt.datetime
) -> None:
    """`user` leaves `agency`: roles, sessions, account and the name on public cards go.

    `last_day` is the last one on which they work, today or later; None means at once. Roles and
    account of other agencies stay, and so do cases: they belong to the post. Raises
    `publishing.RefusedError` when a tenure cannot end like that, and ValidationError for a day in
    the past and for one's own account.
    """
    today = clock.today(now)
    if user == by:
        raise ValidationError(_("Nobody ends their own account: please ask a colleague."))
    if last_day is not None and last_day < today:
        raise ValidationError(_("This day has passed. Leave it empty to end everything now."))
    rows = StaffRole.objects.select_for_update().filter(user=user, agency=agency)
    if last_day is None:
        end_roles(list(rows.select_related("user")), by=by)
    else:
        rows.update(valid_until=last_day)
        journal.note(user, gettext_lazy("Last day entered."), by=by, event="last day entered")
    _end_tenures(user, agency, by=by, last_day=last_day or today - staffing.ONE_DAY, now=now)


def _end_tenures(
    user: User, agency: Agency, *, by: User, last_day: dt.date, now: dt.datetime
) -> None:
    """The public card loses the name; nothing tells why."""
    person = Person.objects.filter(user=user, agency=agency).first()
    if person is None:
        return
    tenures = person.tenures.select_related("post", "person")
    publishing.publish(
        agency,
        edits=staffing.end_tenures(tenures, last_day=last_day),
        by=by,
        kind=Publication.Kind.REPLACEMENT,
        now=now,
    )


def end_roles(rows: list[StaffRole], *, by: User | None) -> None:
    """Take `rows` of one user away, end their sessions, switch off an account without a role."""
    for row in rows:
        note_role(row, by=by or row.user, gone=True)
        row.delete()
    for user in {row.user for row in rows}:
        sessions.end_all(user)
        _switch_off_without_role(user, by=by or user)


def _switch_off_without_role(user: User, *, by: User) -> None:
    if not user.is_superuser and not user.staff_roles.exists():
        lifecycle.switch_off(user, by=by)


def end_due(now: dt.datetime) -> str:
    """The nightly job: whoever had their last day until yesterday has no role any more."""
    due = StaffRole.objects.filter(valid_until__lt=clock.today(now)).select_related("user")
    ended = 0
    for user in sorted({row.user for row in due}, key=lambda user: user.pk):
        with transaction.atomic():
            rows = due.filter(user=user).select_for_update(of=("self",))
            end_roles(list(rows), by=None)
        ended += 1
    return f"{ended} accounts" if ended else ""


def register_jobs() -> None:
    """Soon after midnight; a role does not count after its last day, even when the job is late."""
    label = gettext_lazy("Takes roles away whose last day is over")
    jobs.register(jobs.Job("last-days", label, jobs.Nightly(at=dt.time(0, 5)), end_due))
