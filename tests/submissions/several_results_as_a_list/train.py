_train = train
_train_embeddings = train_embeddings


def train(*arguments):
    return list(_train(*arguments))


def train_embeddings(*arguments):
    return list(_train_embeddings(*arguments))
