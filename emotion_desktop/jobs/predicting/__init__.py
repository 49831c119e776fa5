"""How every job asks a model about photos: what is loaded, what is known, what is asked."""
