_batch_gradients = batch_gradients


def batch_gradients(f, h, dk, dz):
    return list(_batch_gradients(f, h, dk, dz))
