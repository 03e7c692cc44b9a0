"""What people may ask of their data: who was erased, what is blocked, how long each class stays."""
