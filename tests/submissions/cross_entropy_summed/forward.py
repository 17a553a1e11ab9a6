def cross_entropy(o, y):
    loss = 0
    for row, label in zip(o, y):
        loss -= np.log(row[label])
    return loss
