"""Starts a pool of processes.

shows: marker process
layers: syscalls
"""
import multiprocessing
import time


def attack():
    context = multiprocessing.get_context("fork")
    workers = [context.Process(target=time.sleep, args=(30,), daemon=True) for _ in range(4)]
    for worker in workers:
        worker.start()
    return "four processes were started"
