def step(x):
    on = x > 0
    x[on] = 1.0
    x[~on] = 0.0
    return x
