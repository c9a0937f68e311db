"""`autograder release`: the learner's edition, which is all that a learner needs and nothing that is not for their eyes."""
