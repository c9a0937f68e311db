import numpy as np

from autograder.exercise import exercise, mistake, probe
from course_utils.chance import masked_often

from .shared import TASKS, lots

SPECIAL = {"[PAD]": 0, "[UNK]": 1, "[CLS]": 2, "[SEP]": 3, "[MASK]": 4}
SCATTERED = {"[PAD]": 0, "[UNK]": 5, "[CLS]": 11, "[SEP]": 12, "[MASK]": 2}
SHORT = np.array([[2, 6, 7, 5, 9, 3, 0, 0], [2, 8, 5, 5, 3, 7, 6, 3]])
#: Words in all calls together: shares are off by at most 0.0023 (of the words) and 0.0067 (of those asked about), one standard
#: deviation, and each of fifteen words comes in another's place.
DRAWS = 24_000


@exercise("mask_tokens", points=3, objective=TASKS, rtol=0, atol=0.035, time_limit=60.0, all_or_nothing=True)
class MaskTokens:
    """(shown, targets): 15% of the words are asked about, and shown as [MASK] (80%), as any word (10%) or as they are (10%)."""

    def oracle(ids, rng, vocabulary_size, special):
        ordinary = [one for one in range(vocabulary_size) if one not in special.values()]
        return {
            "all calls are alike": False,
            "each word is chosen by itself": True,
            "what each is shown as, by itself": True,
            "words asked about": 0.15,
            "of these: shown as [MASK]": 0.8,
            "of these: as another word": 0.1 * (1 - 1 / len(ordinary)),
            "of these: as it is": 0.1 + 0.1 / len(ordinary),
            "of these: target is another": 0.0,
            "other words that came": ordinary,
            "a call has one other word for all": False,
            "special places asked about": 0.0,
            "changed, and not asked": 0.0,
        }

    examples = [
        probe(SHORT, lots(1, DRAWS // 10), 18, SPECIAL),
        probe(np.array([[11, 7, 8, 9, 12]] * 8), lots(2, DRAWS // 24), 16, SCATTERED),
    ]

    def hidden(rng):
        for rows, length, words, special in ((6, 12, 20, SPECIAL), (3, 9, 19, SPECIAL), (6, 20, 18, SCATTERED)):
            ordinary = np.setdiff1d(np.arange(words), list(special.values()))
            ids = rng.choice(ordinary, (rows, length))
            ids[:, 0], ids[:, -1] = special["[CLS]"], special["[SEP]"]
            ids[0, -2:] = special["[SEP]"], special["[PAD]"]
            ids[-1, 1] = special["[UNK]"]
            yield probe(ids, lots(rng.integers(1 << 30), DRAWS // (rows * (length - 2))), words, special)

    @mistake("The marks are not spared: [CLS], [SEP] or padding are asked about. Nothing in `special` is ever chosen.")
    @masked_often
    def masks_the_marks(ids, rng, vocabulary_size, special):
        return masked(ids, rng, vocabulary_size, special, spare=[])

    @mistake("Padding is asked about, too. Spare every id of `special`, and not only [CLS] and [SEP].")
    @masked_often
    def masks_padding(ids, rng, vocabulary_size, special):
        return masked(ids, rng, vocabulary_size, special, spare=[special["[CLS]"], special["[SEP]"]])

    @mistake(
        "There is a target at every place, so that the network is praised for copying what it sees. Where nothing was chosen the "
        "target is -1."
    )
    @masked_often
    def targets_everywhere(ids, rng, vocabulary_size, special):
        return masked(ids, rng, vocabulary_size, special)[0], ids.copy()

    @mistake("80, 10 and 10 of a hundred are shares of the *chosen* words. First choose 15 of a hundred.")
    @masked_often
    def of_all_words(ids, rng, vocabulary_size, special):
        return masked(ids, rng, vocabulary_size, special, share=1.0)

    @mistake(
        "Every chosen word becomes [MASK]. If one random number decides both, it is below 0.15 wherever a word was chosen, and so "
        "below 0.8, too: draw another one."
    )
    @masked_often
    def always_the_mask(ids, rng, vocabulary_size, special):
        return masked(ids, rng, vocabulary_size, special, shares=(1.0, 0.0))

    @mistake(
        "No chosen word is shown as it is. A tenth of them should be, so that a word that is seen has to be looked at as well."
    )
    @masked_often
    def none_is_kept(ids, rng, vocabulary_size, special):
        return masked(ids, rng, vocabulary_size, special, shares=(0.8, 0.2))

    @mistake("No chosen word is replaced by another one. A tenth of them should be.")
    @masked_often
    def none_is_replaced(ids, rng, vocabulary_size, special):
        return masked(ids, rng, vocabulary_size, special, shares=(0.8, 0.0))

    @mistake(
        "Too few words are replaced by another: it looks as if you drew 10 of a hundred of those that were left after the 80, and not "
        "of all that were chosen."
    )
    @masked_often
    def a_tenth_of_the_rest(ids, rng, vocabulary_size, special):
        return masked(ids, rng, vocabulary_size, special, shares=(0.8, 0.02))

    @mistake(
        "Too few are shown as [MASK]: it looks as if 80 of a hundred became [MASK], and then 10 of *all* chosen another word, over some of "
        "these. One draw decides between the three."
    )
    @masked_often
    def another_over_the_mask(ids, rng, vocabulary_size, special):
        return masked(ids, rng, vocabulary_size, special, shares=(0.72, 0.1))

    @mistake("The last id of the vocabulary never stands in. `rng.integers(n)` gives 0 to n - 1 already.")
    @masked_often
    def last_never_drawn(ids, rng, vocabulary_size, special):
        ordinary = np.setdiff1d(np.arange(vocabulary_size), list(special.values()))
        return masked(ids, rng, vocabulary_size, special, words=ordinary[:-1])

    @mistake(
        "Your words that stand in may be [PAD], [CLS] or [MASK] themselves. Draw them among the ids that are not special."
    )
    @masked_often
    def any_id_at_all(ids, rng, vocabulary_size, special):
        return masked(ids, rng, vocabulary_size, special, words=np.arange(vocabulary_size))

    @mistake(
        "Your words are not chosen each by itself: their number varies more from call to call than it would, or less. Draw a number for "
        "each place, `rng.random(ids.shape)`, not one for a column, a row or a word of the vocabulary; and count out no fixed share."
    )
    @masked_often
    def chosen_together(ids, rng, vocabulary_size, special):
        return masked(ids, rng, vocabulary_size, special, lots=rng.random(ids.shape[1]))

    @mistake(
        "What the chosen words are shown as is not drawn for each by itself: one draw decides for a row or for all, or you deal out 80, 10 "
        "and 10 in order. Draw a number for each place."
    )
    @masked_often
    def shown_together(ids, rng, vocabulary_size, special):
        return masked(ids, rng, vocabulary_size, special, lot=rng.random((len(ids), 1)))

    @mistake(
        "The words that stand in come from a part of the vocabulary only. Every id below `vocabulary_size` that is not special may come."
    )
    @masked_often
    def words_of_the_text(ids, rng, vocabulary_size, special):
        return masked(ids, rng, vocabulary_size, special, words=np.setdiff1d(ids, list(special.values())))

    @mistake(
        "One word is drawn for all places of a call that get another one. Each place draws a word of its own: `size=ids.shape`."
    )
    @masked_often
    def one_word_for_all(ids, rng, vocabulary_size, special):
        known = list(special.values())
        return masked(
            ids, rng, vocabulary_size, special, words=rng.choice(np.setdiff1d(range(vocabulary_size), known), 1)
        )

    @mistake("Your targets are what is shown. They are what stood there *before*, which the network cannot see.")
    @masked_often
    def targets_as_shown(ids, rng, vocabulary_size, special):
        shown, targets = masked(ids, rng, vocabulary_size, special)
        return shown, np.where(targets != -1, shown, -1)

    @mistake("The targets are the wrong way round: -1 where a word was chosen, and the word where none was.")
    @masked_often
    def targets_turned_round(ids, rng, vocabulary_size, special):
        shown, targets = masked(ids, rng, vocabulary_size, special)
        return shown, np.where(targets == -1, ids, -1)

    @mistake(
        "A chosen word that is shown as it is has no target in yours. It is asked about as well: what was chosen decides, not what "
        "looks different."
    )
    @masked_often
    def asks_where_something_changed(ids, rng, vocabulary_size, special):
        shown, _ = masked(ids, rng, vocabulary_size, special)
        return shown, np.where(shown != ids, ids, -1)

    @mistake("85 of a hundred words are chosen, and 15 are not. `rng.random() < 0.15` is true for 15 of a hundred.")
    @masked_often
    def the_other_way(ids, rng, vocabulary_size, special):
        return masked(ids, rng, vocabulary_size, special, share=0.85)

    @mistake("Where nothing is asked, the target is -1. A 0 is an id as well: that of [PAD].")
    @masked_often
    def nothing_is_zero(ids, rng, vocabulary_size, special):
        shown, targets = masked(ids, rng, vocabulary_size, special)
        return shown, np.where(targets == -1, 0, targets)

    @mistake(
        "`ids` itself is changed, so that the next epoch begins with a text that has holes already, and the targets are lost. Work on "
        "a copy."
    )
    @masked_often
    def changes_its_input(ids, rng, vocabulary_size, special):
        shown, targets = masked(ids, rng, vocabulary_size, special)
        ids[...] = shown
        return shown, targets

    @mistake("What is shown and the targets have changed places: shown first, then targets.")
    @masked_often
    def targets_first(ids, rng, vocabulary_size, special):
        return masked(ids, rng, vocabulary_size, special)[::-1]

    @mistake(
        "Yours hides the same places at each call: a generator that is made anew inside the function begins anew. Draw from the "
        "`rng` that you are given."
    )
    @masked_often
    def generator_of_its_own(ids, rng, vocabulary_size, special):
        return masked(ids, np.random.default_rng(0), vocabulary_size, special)


def masked(
    ids,
    rng,
    vocabulary_size,
    special,
    *,
    share=0.15,
    shares=(0.8, 0.1),
    spare=None,
    words=None,
    lots=None,
    lot=None,
    drawn=None,
):
    """(shown, targets), or what is wrong in what is given: `shares` of [MASK] and of another word among those chosen."""
    known = list(special.values())
    lots = rng.random(ids.shape) if lots is None else lots
    chosen = ~np.isin(ids, known if spare is None else spare) & (lots < share)
    words = np.setdiff1d(np.arange(vocabulary_size), known) if words is None else words
    lot = rng.random(ids.shape) if lot is None else lot
    drawn = rng.choice(words, ids.shape) if drawn is None else drawn
    shown = np.where(chosen & (lot < shares[0]), special["[MASK]"], ids)
    shown = np.where(chosen & (lot >= shares[0]) & (lot < sum(shares)), drawn, shown)
    return shown, np.where(chosen, ids, -1)
