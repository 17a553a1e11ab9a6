"""Let the grader prove itself: grade submissions whose right verdict is known beforehand.

Each submission is a row of a table: the solution, the stubs, every known mistake of the rubric,
every fact spoiled by itself, every small change of the solution, and right answers in other words.
Files are graded by workers, wrong functions are called in this process; the judge is that of every
grading, and each row has a rule that says what is right. How data passes through::

    mistakes, facts, mutations, variants --> rows --grading--> outcomes --rule--> faults
    outcomes and faults --rates--> table (text) | page (HTML)

The modules never decide anything about a student's grade, and nothing here goes to students.
"""
