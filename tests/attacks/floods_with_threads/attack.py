"""Starts as many threads as it can (here at most 300).

shows: marker
layers: syscalls limits
"""
import threading


def attack():
    end = threading.Event()
    threading.stack_size(32768)
    threads = [threading.Thread(target=end.wait, daemon=True) for _ in range(300)]
    try:
        for thread in threads:
            thread.start()
        return f"{threading.active_count()} threads run"
    finally:
        end.set()
