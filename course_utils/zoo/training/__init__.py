"""Train models of the zoo on labelled texts, measure them on held-out ones, and compare them."""
