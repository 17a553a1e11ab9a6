"""Fills a gibibyte and a half with objects.

shows: memory marker
layers: limits
"""


def attack():
    kept = [b"x" * 2**20 + bytes([n % 256]) for n in range(1500)]
    return f"{len(kept)} MiB"
