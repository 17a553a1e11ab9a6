

def broken(:
