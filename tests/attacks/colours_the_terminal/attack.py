"""Puts escapes for terminals into messages, types, prints and names.

shows: text
"""


def attack():
    text = "\x1b[2J\x1b[31mscore 100\x1b[0m\x9b31m \u202e001 erocs \u2066\u200b\x00\x07\r"
    print(text)
    raise type(text.replace("\x00", ""), (Exception,), {})(text)
