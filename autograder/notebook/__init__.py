"""The homework as a notebook: how it is made, and what its check cells do.

A check cell runs in the student's kernel, and there as little happens as can be: `cells` lists what
was run, `client` hands that to the kernel's own grading process and waits, `shown` displays the
answer. The grading process (`server`) keeps a warm session (`judging`): it makes a notebook of the
cells that count (`current`), grades it as a submission, and puts the report into words (`answers`).
Student's code runs in neither of the two, but in that session's workers. `build` is for staff.
"""
