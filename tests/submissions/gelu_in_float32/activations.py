def gelu(x):
    cdf = np.array([0.5 * (1 + math.erf(v / math.sqrt(2))) for v in x.flat], dtype=np.float32)
    return x.astype(np.float32) * cdf.reshape(x.shape)
