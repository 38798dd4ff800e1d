"""Keys of rows as a body brings them back: what is none would be an error deep in the database."""

from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple
from django.core.exceptions import ValidationError
from django.forms import ModelMultipleChoiceField


def is_key(value: str) -> bool:
    """Whether `value` can be the key of a row; no database of ours has keys of 19 digits."""
    return value.isascii() and value.isdigit() and len(value) < 19


class KeysOnly:
    """A choice with suggestions that can be shown again when its body held no key at all."""

    def optgroups(self, name, value, attr=None):
        return super().optgroups(name, [key for key in value if is_key(str(key))], attr)


class OneOfMany(KeysOnly, AutocompleteSelect):
    pass


class SomeOfMany(KeysOnly, AutocompleteSelectMultiple):
    pass


class RowsField(ModelMultipleChoiceField):
    """Django's, for which a number that is too large for the database is no error of the body."""

    def clean(self, value):
        for key in value or ():
            if not is_key(str(key)):
                message = self.error_messages["invalid_choice"]
                raise ValidationError(message, code="invalid_choice", params={"value": key})
        return super().clean(value)
