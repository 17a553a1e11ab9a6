def forward(f, H, b_H, U, b_U):
    k = f @ H + b_H
    h = relu(k)
    z = h @ U
    return k, h, z, softmax(z)
