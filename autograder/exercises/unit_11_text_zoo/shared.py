"""What several exercises of the unit use: their objectives."""

HASH = "give runs of words ids of their own, the same at every start"
MANY = "compute two losses that do not look at every class, and say when they pay"
INSIDE = "compute by hand what a filter, an LSTM and the two readers of RCNN see in a text"
ATTEND = "pool words by attention, padding left out, and read its weights with care"
CHOOSE = "choose a model by a fair comparison, with a simple one beside it"
