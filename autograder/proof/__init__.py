"""The graders, proven: they accept every right answer, and reject every mistake and every mutant."""
