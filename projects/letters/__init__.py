"""The letters of the office: what they say, as a content that is frozen and then rendered once.

Each function makes the content of one kind of letter, in German, the official language, out of
what is stored; the same input gives the same content, so that a verb can see whether anything has
changed between rendering and issuing (`projects.workflow.issuing`). A decision without its remedy
block ("Rechtsbehelfsbelehrung") is refused.

Sources: §§ 37, 39, 41, 43 VwVfG, §§ 58, 70 VwGO, § 49a VwVfG; docs/grants.md names the blocks.
"""

from projects.letters.decisions import decision
from projects.letters.frame import DECISIONS, LetterError, digest_of, render, title_of
from projects.letters.later import amendment, hearing, objection, repayment, revocation

__all__ = [
    "DECISIONS",
    "LetterError",
    "amendment",
    "decision",
    "digest_of",
    "hearing",
    "objection",
    "render",
    "repayment",
    "revocation",
    "title_of",
]
