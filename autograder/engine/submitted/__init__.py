"""What a learner handed in, read defensively and put back to what was released."""
