"""CSV import as a job: a file is stored, its head line checked at once, its rows by a worker.

reader.py   a file of any size as rows, one at a time: what is no row says so with its line
columns.py  which column goes into which field
store.py    where uploaded files are kept until their job ends
run.py      the executor: all rows in one transaction, all or nothing unless told otherwise
"""
