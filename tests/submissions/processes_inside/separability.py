import multiprocessing


def _row(job):
    x, W, b = job
    return x @ W + b[0]


def affine(x, W, b):
    with multiprocessing.get_context("fork").Pool(2) as pool:
        return np.stack(pool.map(_row, [(row, W, b) for row in x]))
