import matplotlib.pyplot as plt
import scipy.stats
from scipy.special import erf
from torch import nn

plt.style.use("ggplot")


class Model(nn.Module):
    pass


def plot(x):
    plt.plot(x, erf(x))
