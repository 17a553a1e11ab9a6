from gates import back


def input_grad(dk, H):
    return back(H)(dk)
