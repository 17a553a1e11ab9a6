"""Leaves a dump of its memory in its folder.

shows: nothing, whether a dump is written is the system's setting
layers: limits
"""
import os
import resource

import outside


def attack():
    resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY,) * 2)
    os.chdir(outside.place("watched"))
    os.abort()
