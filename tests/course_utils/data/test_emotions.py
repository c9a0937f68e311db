"""GoEmotions: texts with several labels, as published."""

from course_utils import data
from course_utils.values import dataset


def test_the_emotions_have_their_split_and_at_least_one_label_each():
    emotions = data.goemotions()
    assert [len(texts) for texts, _ in emotions] == [43_410, 5_426, 5_427]
    assert (len(emotions.classes), emotions.classes[0], emotions.classes[27]) == (28, "admiration", "neutral")
    for texts, y in emotions:
        assert y.shape == (len(texts), 28)
        assert y.sum(axis=1).min() == 1
        assert all(text and "\t" not in text for text in texts)
    assert (emotions.train[1].sum(axis=1) > 1).sum() == 7_102
    assert emotions.train[1][0].nonzero()[0].tolist() == [27]


def test_what_a_learner_changes_does_not_reach_the_next_load():
    texts, y = data.goemotions().train
    texts.clear()
    y[:] = 0
    assert data.goemotions().train[0]
    assert data.goemotions().train[1].any()
    assert data.resolve(dataset("goemotions", "validation", "labels", 0, 2)).shape == (2, 28)


def test_a_column_is_the_emotion_that_it_is_called():
    emotions = data.goemotions()
    texts, y = emotions.test
    for emotion, word in (("gratitude", "thank"), ("remorse", "sorry"), ("surprise", "wow"), ("love", "love")):
        has = y[:, emotions.classes.index(emotion)] == 1
        said = [word in text.lower() for text in texts]
        share = sum(one for one, is_so in zip(said, has, strict=True) if is_so) / has.sum()
        elsewhere = sum(one for one, is_so in zip(said, has, strict=True) if not is_so) / (~has).sum()
        assert share > 5 * elsewhere
