"""When people are asked: after what, how soon, by which channel, how many of them; and who was."""
