# st2common/models/system/__init__.py — a package; see the modules in it.
