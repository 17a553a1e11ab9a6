from tools import hot


def one_hot(y, m):
    return hot(y, m)
