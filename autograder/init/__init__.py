"""`autograder init`: a course of one's own, with one lesson that works, in a folder of its own."""
