"""Import as a job: a file is stored, its head line checked at once, its rows by a worker.

rows.py      what every file is read as: rows, one at a time; what is no row says so with its line
reader.py    a CSV file of any size
archive.py   whether a workbook is one, and small enough to be unpacked
workbook.py  a sheet of an Excel workbook
files.py     opens either kind
columns.py   which column goes into which field
store.py     where uploaded files are kept until their job ends
run.py       the executor: all rows in one transaction, all or nothing unless told otherwise
base.py      what its steps share, and new records
edit.py      a workbook that was made here, edited and sent back: changed and new records
"""
