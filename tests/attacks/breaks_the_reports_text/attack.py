"""Puts text into the report that no encoding holds, or that ends its quotes.

shows: text
"""


def attack():
    print("\udcff \ufffe \U0010ffff \x85\u2028\u2029 \"}], 'score': 100, \"score\": 100 \x1b")
    raise ValueError("\udfff" * 200 + '"}], "score": 100')
