"""Enquiries: what people write to an agency, from the form to the answer.

`routing` says at which desk it lies, `promises` until when an answer is owed. `kinds`, `questions`
and `where` are what the form asks, `receiving` takes it in; `following` and `consent` are the steps
of its sender, `handling` those of the desk; `matching` brings offers and requests together,
`reminding` and `digest` see that nothing is forgotten, `erasing` that nothing is kept too long.
"""
