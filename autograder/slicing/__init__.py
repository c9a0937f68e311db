"""Which cells of a submission a grading run executes: those that learners wrote, and what these need of the lesson's own.

uses      what one cell does to names, read from its source: binds, reads, what makes it opaque
reading   what is known of names, functions and methods, for all that read sources
exposed   names that a cell may read before it has given them to something itself
joins     names that a cell may make lead to one object, statement by statement
tame      functions that change nothing but what they have made themselves
snapshot  runs among the cells of a solution, and tells what each of them has changed: names, random states, settings
facts     what was traced of a unit's solution, as a file: valid as long as the lesson's cells are what they were
needed    both together: the cells of a submission that must run, each with the reason; in doubt all of them
"""
