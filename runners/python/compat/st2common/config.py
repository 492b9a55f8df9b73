# st2common/config.py — the options that cfg.CONF has for packs: where things are in the pod, and what stands for st2.conf.
import os

from oslo_config import cfg

__all__ = ["register_opts", "parse_args"]

_BASE = os.environ.get("SQUALL_STACKSTORM_DIR", "/opt/stackstorm")

_OPTIONS = {
    "system": {"base_path": _BASE, "debug": False},
    "system_user": {"user": "stanley", "ssh_key_file": "/home/stanley/.ssh/stanley_rsa"},
    "content": {
        "pack_group": "st2packs",
        "system_packs_base_path": os.path.join(_BASE, "packs"),
        "packs_base_paths": os.path.join(_BASE, "packs"),
        "system_runners_base_path": os.path.join(_BASE, "runners"),
        "runners_base_paths": None,
    },
    "actionrunner": {
        "python_binary": os.path.join(_BASE, "st2", "bin", "python"),
        "virtualenv_binary": os.path.join(_BASE, "st2", "bin", "virtualenv"),
    },
    "auth": {"api_url": os.environ.get("ST2_API_URL")},
    "ssh_runner": {
        "remote_dir": "/tmp",
        "use_ssh_config": False,
        "ssh_config_file_path": "~/.ssh/config",
        "ssh_connect_timeout": 60,
    },
}

_KINDS = {bool: cfg.BoolOpt, int: cfg.IntOpt}


def register_opts(ignore_errors=False):
    """Takes a second call. A variable OS_<GROUP>__<OPTION> of the pod counts more than what stands here."""
    for group, options in _OPTIONS.items():
        for name, default in options.items():
            variable = "OS_%s__%s" % (group.upper(), name.upper())
            option = _KINDS.get(type(default), cfg.StrOpt)(name, default=os.environ.get(variable, default))
            try:
                cfg.CONF.register_opt(option, group=group)
            except cfg.DuplicateOptError:
                # The pack has one of its own under this name.
                continue


def parse_args(args=None, ignore_errors=False):
    """There is no st2.conf: what counts are the variables of the pod."""
    register_opts()


register_opts()
