import tools


def softmax(z):
    return tools.row_softmax(z)
