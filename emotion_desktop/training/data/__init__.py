"""From labelled photos to the arrays that a net is trained on."""
