"""Relations between what came back and what is right, said only where every call bears them out.

No formula of the homework is known here. `case` lays both sides of a result next to each other
over all calls of a check; each relation is a small function from a case to a cause, None where it
does not hold; `explain` tries them in order of preference and puts the causes into a sentence.
"""
