def forward(f, H, b_H, U, b_U):
    k = f @ H + b_H
    h = k
    h[h < 0] = 0
    z = h @ U + b_U
    o = softmax(z)
    return k, h, z, o
