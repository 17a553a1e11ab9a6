"""The process beside the kernel: takes in what the cells hold, grades, answers."""
