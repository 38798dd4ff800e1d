"""How the loaders tell what they did."""

from contacts.loading import Report


def print_report(stdout, dataset: str, report: Report, *, verbosity: int) -> None:
    """One line of figures, then the rows that somebody has to look at."""
    if verbosity > 0:
        stdout.write(
            f"{dataset}: {report.count('created')} created, {report.count('updated')} updated, "
            f"{report.unchanged} unchanged, {report.count('edited')} edited here and left alone, "
            f"{report.count('no_longer_named')} no longer in the files and kept"
        )
        if report.elsewhere:
            stdout.write(
                f"  given otherwise by another folder, left alone: {report.count('elsewhere')}"
            )
    for title, listed in (
        ("edited here, not updated", report.edited),
        ("no longer in the files, kept", report.no_longer_named),
    ):
        for model, keys in listed.items():
            for key in keys:
                stdout.write(f"  {title}: {model} {key}")
