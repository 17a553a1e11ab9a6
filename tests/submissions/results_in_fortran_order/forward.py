import numpy as np


def forward(f, H, b_H, U, b_U):
    kT = H.T @ f.T + b_H.T
    hT = np.clip(kT, 0, None)
    zT = U.T @ hT + b_U.T
    eT = np.exp(zT - zT.max(axis=0))
    return kT.T, hT.T, zT.T, (eT / eT.sum(axis=0)).T
