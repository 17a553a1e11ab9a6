_train_embeddings = train_embeddings


def train_embeddings(ids, y, E, params, lr, epochs, batch_size, seed):
    params, losses = train(embed(E, ids), y, params, lr, epochs, batch_size, seed)
    return E, params, losses
