"""Raises the limits that it was given.

shows: marker
layers: limits
"""
import resource


def attack():
    for kind, least in ((resource.RLIMIT_NOFILE, 65), (resource.RLIMIT_AS, 2**30)):
        soft, hard = resource.getrlimit(kind)
        resource.setrlimit(kind, (hard, hard))
        if hard != resource.RLIM_INFINITY and hard < least:
            return ""
    return "its limits are high"
