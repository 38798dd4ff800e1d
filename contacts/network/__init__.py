"""The network of an agency: partners and groups in public, and what their members alone see.

`published` and `joining` are the public side. `access` says which groups somebody belongs to and
who may convene them; `meetings` and `papers` are what convenors do, `mails` and `calendar` what
members get of it, `personal` what belongs to a person and when it is forgotten.
"""
