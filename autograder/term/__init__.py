"""What an instructor does in the course of a term: collect, give more time, work out penalties, export grades."""
