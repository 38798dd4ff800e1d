"""The network of a bundled office (`network.toml` in its folder): partners, groups, interpreters.

The file is described in data/offices/README.md. It names nobody: members of groups and interpreters
are entered in the administration. What somebody has edited since it was loaded is left alone.
"""

from pathlib import Path

from contacts.loading import Record, Report, load
from contacts.models import (
    InterpreterPool,
    InterpreterPoolTranslation,
    Organisation,
    OrganisationTranslation,
    Post,
    WorkingGroup,
    WorkingGroupTranslation,
)
from contacts.models.network import PartnerKind
from contacts.office_toml import OfficeToml
from contacts.spoken import is_code

PARTNER = ("key", "name", "kind", "area", "phone", "email", "website", "listed", "summary")
GROUP = ("key", "kind", "started_on", "ended_on", "name", "tasks")
POOL = ("key", "post", "run_by", "languages", "started_on", "name", "summary", "terms")


def load_network(folder: Path) -> Report:
    """Load `network.toml` of an office that has been loaded before, all or nothing.

    Returns what was done; nothing where the folder has no such file. Raises BadFileError.
    """
    path = folder / "network.toml"
    if not path.exists():
        return Report()
    network = NetworkFile(path)
    return load(f"network:{network.agency.slug}", network.records())


class NetworkFile(OfficeToml):
    """Reads and checks one file; `records()` is what it says, in load order."""

    def records(self) -> list[Record]:
        unknown = self.content.keys() - {"agency", "organisation", "group", "interpreter_pool"}
        if unknown:
            raise self.bad(f"there is nothing called {', '.join(sorted(unknown))} in a network.")
        for entry in self._entries("organisation", PARTNER):
            self._organisation(entry)
        for rank, entry in enumerate(self._entries("group", GROUP)):
            self._group(entry, rank)
        for entry in self._entries("interpreter_pool", POOL):
            self._pool(entry)
        return self.in_order()

    def _entries(self, table: str, fields: tuple[str, ...]) -> list[dict]:
        entries = self.content.get(table, [])
        if not isinstance(entries, list) or not all(isinstance(each, dict) for each in entries):
            raise self.bad(f"write [[{table}]] before each {table}.")
        for entry in entries:
            unknown = entry.keys() - set(fields)
            if unknown:
                names = ", ".join(sorted(unknown))
                raise self.bad(f"{entry.get('key', '?')}: [[{table}]] has no field called {names}.")
        return entries

    def _organisation(self, entry: dict) -> None:
        key = self._needed(entry, "key")
        self._add(
            Organisation,
            key,
            slug=key,
            agency=self.agency.pk,
            name=self._needed(entry, "name"),
            kind=self._choice(PartnerKind, entry, "kind"),
            area=self._area(entry),
            is_listed=self._yes(entry, "listed"),
            **{name: entry.get(name, "") for name in ("phone", "email", "website")},
        )
        if entry.get("summary"):
            self._translations(
                OrganisationTranslation, Organisation, key, entry, ("summary",), needed="summary"
            )

    def _group(self, entry: dict, rank: int) -> None:
        key = self._needed(entry, "key")
        self._add(
            WorkingGroup,
            key,
            slug=key,
            agency=self.agency.pk,
            kind=self._choice(WorkingGroup.Kind, entry, "kind"),
            rank=rank,
            started_on=self._day(entry, "started_on"),
            ended_on=self._day(entry, "ended_on"),
        )
        texts = ("name", "tasks")
        self._translations(WorkingGroupTranslation, WorkingGroup, key, entry, texts, needed="name")

    def _pool(self, entry: dict) -> None:
        key = self._needed(entry, "key")
        languages = entry.get("languages", [])
        for code in languages if isinstance(languages, list) else [languages]:
            if not isinstance(code, str) or not is_code(code):
                raise self.bad(f"{key}: “{code}” is no code of a language, such as ar or ti.")
        self._add(
            InterpreterPool,
            key,
            slug=key,
            agency=self.agency.pk,
            post=self._post(entry),
            run_by=entry.get("run_by", ""),
            languages=languages,
            started_on=self._day(entry, "started_on"),
        )
        texts = ("name", "summary", "terms")
        self._translations(
            InterpreterPoolTranslation, InterpreterPool, key, entry, texts, needed="name"
        )

    def _post(self, entry: dict) -> int:
        slug = self._needed(entry, "post")
        post = Post.objects.filter(agency=self.agency, slug=slug).first()
        if post is None:
            raise self.bad(f"post “{slug}” is none of this agency.")
        return post.pk

    def _yes(self, entry: dict, name: str) -> bool:
        value = entry.get(name, False)
        if not isinstance(value, bool):
            raise self.bad(f"{entry.get('key', '?')}: {name} is true or false.")
        return value
