def one_hot(y, m):
    T = np.zeros((len(y), m), dtype=np.int8)
    for row, label in zip(T, y):
        row[label] = 1
    return T / 1
