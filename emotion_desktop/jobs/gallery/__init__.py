"""Jobs of the gallery: classify, explain, similar photos, save."""
