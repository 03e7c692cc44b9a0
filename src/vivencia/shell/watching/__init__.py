"""Watching the installation: is it alive, is it ready, what does it count, how does it stand."""
