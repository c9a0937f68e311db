"""What a learner remembers: checkpoint questions, and practice that comes back after days."""
