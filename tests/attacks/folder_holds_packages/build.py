"""Hands in folders that are packages with the names of modules.

shows: score
"""
def build(folder, solution):
    solution["separability.py"] = b"import outside\ndef compose_affine(*a): return None\n"
    for name, content in solution.items():
        folder.joinpath(name).write_bytes(content)
    for package in ("numpy", "separability", "autograder", "json"):
        (folder / package).mkdir()
        (folder / package / "__init__.py").write_text(
            "import atexit, os\n"
            "print('{\"function\": \"compose_affine\", \"right\": true}', flush=True)\n"
            "os._exit(0)\n"
        )
    return folder
