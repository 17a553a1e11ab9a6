"""Change a function of the solution in one place, the way people get one wrong.

A verification looks whether some check notices each such change (`operators`); the compiler keeps
what comes out with them, and with what people take for one another (`confusions`), for the judge
to recognize it, with a sentence on what was done (`sentences`).
"""
