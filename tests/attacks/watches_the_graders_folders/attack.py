"""Asks to be told of every change in the grader's folders.

shows: marker
layers: syscalls user
"""
import outside


def attack():
    watch = outside.checked(outside.libc().inotify_init())
    path = outside.place("project").encode()
    return f"watch {outside.checked(outside.libc().inotify_add_watch(watch, path, 0xFFF))}"
