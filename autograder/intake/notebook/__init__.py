"""Turn a notebook into the flat folder of modules that a folder of files would be.

Functions are found by their names, never by a cell's place or id. One namespace, filled statement
by statement, is what a notebook has. So the modules do not hold their functions as text of their
own: importing ``forward`` runs what its functions need, in the order of the cells, in the one
namespace of all modules, and takes the functions from there. Written as modules that import from
each other, functions that share a counter or call each other in a circle would not do what they do
in the notebook. Each statement fails alone: a name that could not be made costs only the functions
that use it.
"""
