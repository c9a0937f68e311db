"""What is kept: the gradebook, the graded notebooks and the stored answers, with one writer."""
