"""`autograder grade-demo`: a class of twelve, from release to feedback."""
