def forward(f, H, b_H, U, b_U):
    k = f @ H + b_H
    z = k @ U + b_U
    return k, k, z, softmax(z)
