"""Puts another, right function under the name of the asked one in the worker's table.

shows: nothing, all is right that this function can reach
"""
import gc


def attack():
    for thing in gc.get_objects():
        if isinstance(thing, dict) and "separability.compose_affine" in thing:
            thing["separability.compose_affine"] = thing.get("separability.affine")
