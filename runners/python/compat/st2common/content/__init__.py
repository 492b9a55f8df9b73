# st2common/content/__init__.py — a package; see the modules in it.
