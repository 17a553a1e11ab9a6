"""Turn a notebook into the flat folder of modules that a folder of files would be.

`choice` finds the notebook that is meant. `reading` takes the code cells out of the file, `magics`
what is no Python out of the cells. `cutting` cuts them up into `statements`, each with the names
that it gives, changes and needs. `modules` chooses what the homework's functions need and writes it
down; `kernel`, which is copied beside that, runs it in the worker. `places` knows which line stands
in which cell, `remarks` says what was not taken. Functions are found by their names, never by a
cell's place or id.

One namespace, filled statement by statement, is what a notebook has. So the modules do not hold
their functions as text of their own: importing ``forward`` runs what its functions need, in the
order of the cells, in the one namespace of all modules, and takes the functions from there. Written
as modules that import from each other, functions that share a counter or call each other in a
circle would not do what they do in the notebook. Each statement fails alone: a name that could not
be made costs only the functions that use it.
"""
