"""Which posts somebody answers for today."""

from django.db.models import Q, QuerySet

from contacts.models.posts import Absence, Post, Tenure
from contacts.spans import begun, not_ended
from portal import clock
from portal.models import User


def posts_of(user) -> QuerySet:
    """The posts for which `user` answers today, as a subquery of their keys.

    Those that they hold, those whose holder they stand in for, and the unfilled ones whose deputy
    they are.
    """
    today = clock.today()
    current = Tenure.objects.filter(begun(today), not_ended(today))
    held = current.filter(person__user=user).values("post")
    away = Absence.objects.filter(begun(today), not_ended(today), stand_in__in=held)
    replaced = current.filter(person__in=away.values("person")).values("post")
    unfilled = ~Q(staffing=Post.Staffing.FILLED) & Q(deputy__in=held)
    return Post.objects.filter(Q(pk__in=held) | Q(pk__in=replaced) | unfilled).values("pk")


def on_duty(post: Post) -> QuerySet:
    """The accounts of those who answer for `post` today; the counterpart of `posts_of`."""
    today = clock.today()
    current = Tenure.objects.filter(begun(today), not_ended(today))
    holders = current.filter(post=post).values("person")
    away = Absence.objects.filter(begun(today), not_ended(today), person__in=holders)
    answering = [post.pk, *away.exclude(stand_in=None).values_list("stand_in", flat=True)]
    if post.staffing != Post.Staffing.FILLED and post.deputy_id:
        answering.append(post.deputy_id)
    people = current.filter(post__in=answering).values("person")
    return User.objects.filter(is_active=True, is_staff=True, person__in=people)
