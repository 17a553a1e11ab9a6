"""Makes the judge the first to go when memory is short.

shows: marker
layers: files user judge
"""
import outside


def attack():
    with open(f"/proc/{outside.judge()}/oom_score_adj", "w") as file:
        file.write("1000")
    return "the judge goes first"
