"""Layers around a worker: what the machine offers is put on before any code of a student's runs.

No single layer is trusted. Each is tried when workers are started, and says by itself whether it is
on or why it is not (`autograder.isolation.layers` lists them); what is missing is reported, never
passed over.

The nursery, which loads numpy and forks the workers, has no network and no memory that others may
read, inherits whatever its workers leave behind, and ends all of it when the judge is gone. A
worker becomes a user of its own, gives up every privilege, sees the interpreter and its submission
alone, gets limits, and last of all a list of the system calls that are left to it. Only then is the
first line of the submission loaded. There is no way back from any of it.

This package imports nothing of the judge's.
"""
