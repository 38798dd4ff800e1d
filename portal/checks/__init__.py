"""What `manage.py check --deploy` says of the settings: what they cannot refuse by themselves.

With `--database default` it also asks what it can reach: the database, the bucket, Redis. Errors
keep the site from starting (deploy/start), warnings are for whoever reads them. In the demo all of
this is silent.
"""

from portal.checks.mail import mail_can_leave_and_is_encrypted
from portal.checks.places import (
    backups_are_for_somebody,
    database_suits_its_use,
    database_user_may_do_no_more_than_needed,
    files_can_be_stored,
    folders_are_there,
    limits_are_shared,
)
from portal.checks.site import (
    addresses_fit_together,
    demo_accounts_are_gone,
    figures_are_for_the_inside,
    proxies_are_told,
    public_address_is_known,
    somebody_hears_of_holes,
)

__all__ = [
    "addresses_fit_together",
    "backups_are_for_somebody",
    "database_suits_its_use",
    "database_user_may_do_no_more_than_needed",
    "demo_accounts_are_gone",
    "figures_are_for_the_inside",
    "files_can_be_stored",
    "folders_are_there",
    "limits_are_shared",
    "mail_can_leave_and_is_encrypted",
    "proxies_are_told",
    "public_address_is_known",
    "somebody_hears_of_holes",
]
