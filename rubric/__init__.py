"""The rubric of this homework, read like an exam key: `exam` is its first page.

The other files declare the questions, each with what is tried, what is right and what people get
wrong. Importing them needs the reference solution on the path and Hypothesis installed; the judge
needs neither.
"""
