"""The gallery: photos sorted by the expression on them."""
