"""Nothing here is a test by itself: ``test_catalogue.py`` uses it."""

collect_ignore_glob = ["*"]
