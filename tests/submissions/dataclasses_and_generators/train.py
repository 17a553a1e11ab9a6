import contextlib
import dataclasses
import time


@dataclasses.dataclass
class State:
    params: dict
    losses: list = dataclasses.field(default_factory=list)


@contextlib.contextmanager
def timed():
    start = time.perf_counter()
    yield
    print(time.perf_counter() - start)


def train(f, y, params, lr, epochs, batch_size, seed):
    rng, state = np.random.default_rng(seed), State(params)
    with timed():
        for _ in range(epochs):
            seen = []
            for batch in _batches(rng, len(y), batch_size):
                losses, grads, _ = _backpropagate(f[batch], y[batch], state.params)
                state.params = sgd_update(state.params, grads, lr)
                seen.extend(losses)
            state.losses.append(np.mean(seen))
    return state.params, state.losses
