# st2common/models/__init__.py — a package; see the modules in it.
