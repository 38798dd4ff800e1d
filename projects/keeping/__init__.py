"""How long a case is kept, and what is left of it afterwards: nothing of people, and a seal.

`due` says which cases have to go and why, `erasing` takes them away whole, `seals` keeps the proof
that they were there, `archive` offers them to the county archive first, `restriction` locks what
has to be kept although its owner wants it gone. Nothing here is asked by a page of the procedure.
"""
