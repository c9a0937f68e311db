"""Right answers to `zoo_entry`, each written in another way: three of them are models of the zoo."""


def bag_of_words_of_the_zoo(texts, labels, new):
    from course_utils import zoo
    from course_utils.zoo.text.pipeline import made_for

    _seed()
    words = made_for(texts, length=300)
    model = zoo.build("fasttext", vocabulary=words.vocabulary, classes=5, length=words.width, optimizer="adam")
    model.fit(words.encode(texts), labels, epochs=12, batch_size=32, verbose=0)
    return model.predict(words.encode(new), verbose=0)


def filters_of_the_zoo(texts, labels, new):
    from course_utils import zoo
    from course_utils.zoo.text.pipeline import made_for

    _seed()
    words = made_for(texts, length=400, most_words=10_000)  # half an article is not enough
    options = {"widths": (1, 2), "filters": 40, "learning_rate": 3e-3, "dimension": 50}
    model = zoo.build("textcnn", vocabulary=words.vocabulary, classes=5, length=words.width, **options)
    model.fit(words.encode(texts), labels, epochs=8, batch_size=32, verbose=0)
    return model.predict(words.encode(new), verbose=0)


def by_the_zoos_training(texts, labels, new):
    from course_utils.zoo.text.read import Labelled
    from course_utils.zoo.text.split import split
    from course_utils.zoo.training.train import Plan, train

    known = Labelled(list(texts), [(str(label),) for label in labels])
    trained = train("fasttext", *split(known, 0.15), Plan(epochs=10, options={"ngrams": 1, "buckets": 1}))
    return trained.classifier.predict_probabilities(list(new))


def tf_idf_and_a_regression(texts, labels, new):
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    fitted = make_pipeline(TfidfVectorizer(sublinear_tf=True), LogisticRegression(C=20)).fit(texts, labels)
    return fitted.predict_proba(new)


def naive_bayes(texts, labels, new):
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.naive_bayes import ComplementNB

    counts = CountVectorizer(stop_words="english").fit(texts)
    return ComplementNB().fit(counts.transform(texts), labels).predict_proba(counts.transform(new))


def _seed():
    import keras

    keras.utils.set_random_seed(11)
