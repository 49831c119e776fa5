"""From the trained net to a calibrated, scored, checked model bundle."""
