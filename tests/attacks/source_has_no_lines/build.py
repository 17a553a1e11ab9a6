"""Hands in a source of one line of a mebibyte.

shows: status json late
score: 100
"""
def build(folder, solution):
    solution["helper.py"] = b"x = \"" + b"a" * 1_000_000 + b"\n"
    solution.pop("attack.py", None)
    solution["train.py"] += b"\ntry:\n    import helper\nexcept Exception:\n    pass\n"
    solution["separability.py"] = solution["separability.py"].partition(b"import outside")[0]
    for name, content in solution.items():
        folder.joinpath(name).write_bytes(content)
    return folder
