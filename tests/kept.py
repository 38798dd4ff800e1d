"""What a process keeps of the database from one request to the next (`PerVersion`)."""

from portal.data_version import PerVersion, read


def keepers() -> tuple[PerVersion, ...]:
    """Everything of ours that is kept, each after what it is built from."""
    from contacts.gazetteer import gazetteers
    from contacts.map import geometries
    from contacts.snapshot import snapshots
    from portal.legal import own_texts
    from projects import funding
    from projects.rules import every_rule_set

    return (gazetteers, snapshots, geometries, own_texts, every_rule_set, funding.snapshots)


def forget() -> None:
    """Forget all of it, as a process that has just started."""
    for keeper in keepers():
        keeper.forget()


def build() -> None:
    """Have all of it, as a process that has been asked for a while."""
    versions = read()
    for keeper in keepers():
        keeper.at(versions)
