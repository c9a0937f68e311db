"""What several rooms need: keeping what people wrote, progress bars, and reading texts, names, times and tables of strangers."""
