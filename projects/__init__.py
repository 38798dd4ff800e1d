"""WHAT: offers, programmes, applications and grants. Empty so far: see docs/roadmap.md."""
