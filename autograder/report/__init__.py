"""What the answers of a class say: `autograder report UNIT` writes one HTML page and one CSV.

`facts` reads gradebook, journal and stored answers into plain numbers; `page` draws them; `table` writes the CSV.
"""
