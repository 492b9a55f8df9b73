# st2reactor/__init__.py — a package; see the modules in it.
