grφίe = 1
