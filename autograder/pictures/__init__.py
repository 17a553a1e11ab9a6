"""Let the student's own functions draw: the judge's side of the report's pictures.

After grading, in a worker of its own, the functions are called as the key's pictures say. What
comes back is untrusted. It changes no score and fails no report: what raises, hangs or returns
nonsense leaves a sentence in the picture's place.
"""
