"""Unit 09: news articles without duplicates, split, weighed; two networks that read them; and a test of who is better.

The articles are public, so no one can be kept from having them. What is held out is therefore held out from the *answer*:
`baseline_model` and `cnn_model` are recipes, called where grading runs with training articles of a split that is drawn from
the course's secret. They never see the others, nor any label of these, which stay with the judge. The visible examples are
made-up texts, small enough to be handed out.
"""

EXERCISES = [
    "deduplicate",
    "stratified_split",
    "standardize",
    "tfidf",
    "baseline_model",
    "cnn_model",
    "mcnemar",
]

#: For `autograder leaderboard`: whose saved models are ranked, and what is shown beside them.
CONTEST = ("cnn_model", "baseline_model")
