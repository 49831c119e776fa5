"""A training on a rented machine: faces are packed here, fitted there, and finished here."""
