"""Python in a page of the book: runs cells, judges answers, carries widgets."""
