"""A hint at cases that may be the same."""

from projects import duplicates
from projects.admin.cases.frame import Panel, Seen, View


def read(seen: Seen) -> dict:
    return {"duplicates": duplicates.of(seen.case, user=seen.user)}


PANEL = Panel("admin/projects/application/_duplicates.html", read)
VIEWS: dict[str, tuple[str, View]] = {}
