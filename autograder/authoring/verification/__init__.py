"""Let the grader prove itself: grade whole submissions whose right verdict is known beforehand.

Each submission is a row of a table: the solution, the stubs, every known mistake of the rubric,
every fact spoiled by itself, every small change of the solution, and right answers in other words.
A row is graded by the real command, as a student's would be, and held against its own rule.
How data passes through::

    mistakes, facts, mutations, variants --> rows --grading--> outcomes --rule--> faults
    outcomes and faults --rates--> table (text) | page (HTML)

The modules never decide anything about a student's grade, and nothing here goes to students.
"""
