# st2common/util/__init__.py — a package; see the modules in it.
