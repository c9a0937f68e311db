"""From a lesson's text to an executed solution, the learner's notebook, the packs and the pages made from lists."""
