import math


def softmax(z):
    rows = []
    for row in z:
        largest = max(row)
        e = [math.exp(v - largest) for v in row]
        rows.append([v / sum(e) for v in e])
    return np.array(rows)


def cross_entropy(o, y):
    return np.array([-math.log(row[label]) for row, label in zip(o, y)])
