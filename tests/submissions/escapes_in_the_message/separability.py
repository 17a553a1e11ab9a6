def compose_affine(W0, b0, W1, b1):
    raise type("\x1b[31mRed\x07", (Exception,), {})("\x1b[2J\x1b]0;title\x07\x00\u202e cleared \x9b31m")
