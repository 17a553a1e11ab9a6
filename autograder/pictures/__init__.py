"""Let the student's own functions draw: the judge's side of the report's pictures.

After grading, in a worker of its own, the functions are called as the key's pictures say. What
comes back is untrusted. It changes no score and fails no report: what raises, hangs or returns
nonsense leaves a sentence in the picture's place.

Curves are drawn for every homework. Another kind of picture is a module of the homework's own, in
``rubric/pictures/``, named as the kind is, with two functions:

- ``read(picture, asker)`` asks the student's functions (`Asker.ask`), takes what comes back as
  numbers (`autograder.pictures.numbers`), and returns a record of its own. Whatever a student's
  function does, it returns one: with a `Problem` where there is nothing to show.
- ``draw(record)`` returns the record as `Markup`, written with
  `autograder.outputs.html.svg`, or with `player` where it has frames.
"""
