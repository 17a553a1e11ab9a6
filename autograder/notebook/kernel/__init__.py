"""Inside the student's kernel: standard library alone, nothing is judged."""
