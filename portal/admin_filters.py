"""List filters that every app may use."""

from django.contrib import admin


class OfferedFilter(admin.SimpleListFilter):
    """A filter that picks by what it offers: whatever else an address says is no filter."""

    def queryset(self, request, queryset):
        if self.value() not in {key for key, _text in self.lookup_choices}:
            return queryset
        return self.pick(queryset, self.value())

    def pick(self, queryset, key: str):
        raise NotImplementedError
