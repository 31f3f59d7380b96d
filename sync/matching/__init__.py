"""The coupling job: ERP records find their CRM rows by the mapping's match lines.

find.py     planning: one look at both tables, a `Match` row for each uncoupled record, chunks over them
couple.py   chunks: couplings and outcome rows, in one transaction each
options.py  the same for codes and the labels of an option set
follow.py   what follows when the job has ended
"""
