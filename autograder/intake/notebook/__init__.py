"""Turn a notebook into the flat folder of modules that a folder of files would be.

`reading` takes the code cells out of the file, `magics` what is no Python out of the cells, `depth`
keeps from the parser what it can't bear. `cutting` cuts them up into `statements`: `names` tells
which names each one gives and needs, `changes` which values it changes by itself, and `calls` which
it changes by calling functions of the notebook's. `needs` chooses what the homework's functions
need, `modules` writes it down, and `kernel`, which is copied beside that, runs it in the worker.
Functions are found by their names, never by a cell's place or id.

One namespace, filled statement by statement, is what a notebook has. So the modules do not hold
their functions as text of their own: importing ``forward`` runs what its functions need, in the
order of the cells, in the one namespace of all modules, and takes the functions from there. Written
as modules that import from each other, functions that share a counter or call each other in a
circle would not do what they do in the notebook. Each statement fails alone: a name that could not
be made costs only the functions that use it.

`files` and `back` convert between such a notebook and modules that are text: for people, not for
grading.
"""
