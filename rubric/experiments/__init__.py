"""The verbs of this homework: ``train``, ``classify`` and ``sweep``, worth no points.

`verbs` lists them and is what the command line calls. `words_at_work` runs in the worker, beside
the student's files. `data` reads texts, `linear` is the model that the network is compared with,
`runs` trains, `saved` keeps a model in a file, and `page` draws. They are handed out: they know
neither solution nor rubric.
"""
