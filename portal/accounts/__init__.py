"""Staff accounts: how colleagues get one, log in with two factors, and lose it again.

django-allauth does the work; this package holds what it is told (adapters, forms, addresses) and
the verbs around it. What a colleague may do in the administration is no matter of an account: see
`contacts.roles`.
"""
