"""A whole class: read a platform's export, grade it, keep a gradebook, and show what it got wrong.

Staff only. Data flows one way:

    an export -> `exports` -> `Submitted` -> `engine` -> `Graded` -> `gradebook` -> tables and pages
"""
