# st2common/runners/__init__.py — a package; see the modules in it.
