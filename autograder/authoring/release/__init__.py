"""What students get: the handout's zip, and in it the grader as a package to install.

`content` says what goes in, `wheel` builds the package. Nothing here reads the solution, and none
of this is in the zip itself.
"""
