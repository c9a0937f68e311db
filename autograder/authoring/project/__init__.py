"""`autograder new-project`: a project unit from an instructor's own texts: read, cleaned, split, measured, written."""
