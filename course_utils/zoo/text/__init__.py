"""From texts to ids of words: files of labelled texts, their split, and the pipeline that a saved model carries."""
