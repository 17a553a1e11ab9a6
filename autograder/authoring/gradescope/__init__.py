"""Package the grader for Gradescope, and try the package out: on the staff's machine only.

What runs inside Gradescope's container is `autograder.commands.gradescope_run`; the files in
``container/`` prepare and start it.
"""
