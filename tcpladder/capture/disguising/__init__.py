"""Frames in disguise: what their bytes become, link layer by layer, so that they tell of nobody."""
