"""Reading and checking a large SIE file, beside the plain loop over its lines and beside other parsers."""
