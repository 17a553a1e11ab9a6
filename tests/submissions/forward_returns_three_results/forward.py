def forward(f, H, b_H, U, b_U):
    k = f @ H + b_H
    h = relu(k)
    return k, h, softmax(h @ U + b_U)
