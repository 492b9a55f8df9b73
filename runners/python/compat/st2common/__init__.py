# st2common/__init__.py — what packs import of StackStorm, on Squall: the same names and behaviour, another implementation.
import sys

__version__ = "3.9.0"

_OPTIONS = "oslo_config.cfg"


class _OptionsOnImport:
    """Gives cfg.CONF StackStorm's options at the moment that a pack imports it: few do, and it takes long."""

    @classmethod
    def find_spec(cls, name, path=None, target=None):
        if name != _OPTIONS:
            return None
        sys.meta_path.remove(cls)
        import importlib.util

        spec = importlib.util.find_spec(name)
        if spec is not None:
            execute = spec.loader.exec_module

            def exec_module(module):
                execute(module)
                _register()

            spec.loader.exec_module = exec_module
        return spec


def _register():
    import st2common.config  # noqa: F401


if _OPTIONS in sys.modules:
    _register()
else:
    sys.meta_path.insert(0, _OptionsOnImport)
