"""Enquiries: what people write to an agency, from the form to the answer.

`routing` says at which desk it lies, `promises` until when an answer is owed, `receiving` takes it
in; `handling` holds the steps of the desk, `matching` brings offers and requests together.
"""
