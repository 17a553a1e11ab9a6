def affine(x, W, b):
	y = x @ W
        return y + b
