# st2common/constants/__init__.py — a package; see the modules in it.
