# st2common/models/system/action.py — the words that scripts are called with, for the tests of packs.
from st2common.util.shell import quote_unix

__all__ = ["ShellScriptAction"]


class ShellScriptAction:
    """A script with its arguments. It is not run by this: runners are programs of their own here."""

    def __init__(self, name, action_exec_id, script_local_path_abs, named_args=None, positional_args=None, **settings):
        self.name = name
        self.action_exec_id = action_exec_id
        self.script_local_path_abs = script_local_path_abs
        self.named_args = named_args
        self.positional_args = positional_args
        self.settings = settings

    def _get_script_arguments(self, named_args=None, positional_args=None):
        """`name=value` of each that has a value, a name alone for True, then the others by their place; quoted for sh."""
        words = []
        for name, value in (named_args or {}).items():
            if value is None or value is False or value == "":
                continue
            words.append(name if value is True else "%s=%s" % (quote_unix(name), quote_unix(str(value))))
        words.extend(quote_unix(str(value)) for value in positional_args or [])
        return " ".join(words)
