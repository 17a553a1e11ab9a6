compose_affine = 3
