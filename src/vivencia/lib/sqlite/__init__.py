"""Django's SQLite backend, with connections that are kept for whoever comes next."""
