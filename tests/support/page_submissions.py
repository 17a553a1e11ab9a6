"""Submissions to look at in a report: half done, bad in many ways, and hostile."""

import shutil
from pathlib import Path

import submission_corpus as corpus

from autograder.authoring.verification.variants import patched_submission, read_modules

__all__ = ["EVIL", "bad", "half_done", "hostile"]

ROOT = Path(__file__).parents[2]

#: Does something wherever a page takes it for HTML, Markdown, an address or a script.
EVIL = (
    "<img src=x onerror=window.harmed=1></script><script>window.harmed=1</script>"
    "</pre></code></details><svg onload=window.harmed=1> javascript:window.harmed=1"
    "<style>*{display:none}</style>{{ 7*7 }}{% raw %}<!--"
)

MANY = (
    "missing_batch_mean",
    "raises",
    "jacobian_items_last",
    "softmax_overflows",
    "sigmoid_in_float16",
    "embeddings_interleaved",
    "relu_backward_without_gate",
    "xor_labels_swapped",
    "prints_everywhere",
    "tanh_grad_not_squared",
    "cross_entropy_averaged",
    "relu_in_place",
    "weight_gradients_transposed",
    "sgd_mutates",
)


def _combined(names: tuple[str, ...], folder: Path) -> Path:
    modules = read_modules(ROOT / "solution")
    for name in names:
        modules = patched_submission(modules, read_modules(corpus.CORPUS / name), renamed={})
    folder.mkdir(parents=True)
    for name, content in modules.items():
        (folder / name).write_bytes(content)
    return folder


def bad(folder: Path) -> Path:
    """Write a submission with many mistakes."""
    return _combined(MANY, folder)


def half_done(folder: Path) -> Path:
    """Write a submission with two mistakes, the second half of it not started."""
    _combined(("tanh_grad_not_squared", "cross_entropy_averaged"), folder)
    for name in ("relu_backward", "updates", "embeddings", "train"):
        shutil.copy(ROOT / "assignment" / f"{name}.py", folder)
    return folder


def hostile(folder: Path) -> Path:
    """Write a submission that puts HTML wherever a submission has a say."""
    _combined((), folder)
    image = "<img src=x onerror=window.harmed=1>"
    with (folder / "forward.py").open("a") as file:
        file.write(
            f"\n\nEvil = type({image!r}, (Exception,), {{}})\n\n\ndef softmax(z):\n"
            f"    print({EVIL!r})\n    raise Evil({EVIL!r})  # {image}\n"
        )
    with (folder / "updates.py").open("a") as file:
        file.write(f"\n\ndef sgd_update(params, grads, lr):\n    return {{{EVIL!r}: 1}}\n")
    with (folder / "train.py").open("a") as file:
        file.write(f"\n\ndef init_params(d, v, m, seed):\n    return type({image!r}, (), {{}})()\n")
    (folder / f"{image}.py").write_text("x = 1\n")
    return folder
