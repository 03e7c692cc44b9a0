"""Known shares of customers: typed or brought in a file, by which scores are weighted."""
