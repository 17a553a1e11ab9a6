"""Calls the system as programs of 32 bits do, where numbers mean something else.

shows: marker
layers: syscalls
"""
import ctypes
import mmap

#: push rbx; mov eax, 20 (getpid there); int 0x80; pop rbx; ret
CODE = bytes.fromhex("53 b8 14 00 00 00 cd 80 5b c3")


def attack():
    area = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    area.write(CODE)
    address = ctypes.addressof(ctypes.c_char.from_buffer(area))
    number = ctypes.CFUNCTYPE(ctypes.c_int)(address)()
    return f"the kernel answers {number}" if number > 0 else ""
