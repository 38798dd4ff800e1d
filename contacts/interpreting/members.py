"""Those who interpret for a pool: the languages of those at work, and leaving it."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from contacts.models import Assignment, Interpreter, InterpreterPool
from contacts.spoken import language_name
from portal.models import User


def languages_at_work(pool: InterpreterPool) -> list[str]:
    """The codes of the languages that its interpreters at work speak, by their names."""
    rows = Interpreter.objects.filter(pool=pool, is_active=True).values_list("languages", flat=True)
    return sorted({code for codes in rows for code in codes}, key=language_name)


def is_needed(interpreter: Interpreter) -> bool:
    """Whether they are asked, or come to a talk."""
    rows = Assignment.objects.filter(interpreter=interpreter)
    return rows.filter(state__in=Assignment.UNDER_WAY).exists()


@transaction.atomic
def remove(interpreter: Interpreter, *, by: User) -> None:
    """Delete all that is stored about somebody; their talks stay in the numbers, without a name.

    Raises ValidationError while they are asked or come to a talk.
    """
    rows = Interpreter.objects.visible_to(by).select_for_update(of=("self",))
    found = rows.filter(pk=interpreter.pk).first()
    if found is None:
        raise ValidationError(_("This interpreter does not belong to the pool."))
    if is_needed(found):
        raise ValidationError(
            _("This interpreter is asked, or comes to a talk. Settle that first, then delete.")
        )
    found.delete()
