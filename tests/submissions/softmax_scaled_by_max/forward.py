import numpy as np


def softmax(z):
    rows = []
    for row in z:
        safe = row / max(1.0, np.abs(row).max())   # keep exp small
        w = np.exp(safe)
        rows.append(w / w.sum())
    return np.array(rows)
