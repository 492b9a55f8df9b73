# st2common/content/utils.py — where the files of packs are.
import os

__all__ = [
    "get_pack_group",
    "get_system_packs_base_path",
    "get_packs_base_paths",
    "check_pack_directory_exists",
    "check_pack_content_directory_exists",
    "get_pack_base_path",
    "get_pack_directory",
    "get_pack_file_abs_path",
    "get_pack_resource_file_abs_path",
    "get_relative_path_to_pack_file",
    "get_entry_point_abs_path",
    "get_action_libs_abs_path",
]

_RESOURCE_FOLDERS = {"action": "actions", "sensor": "sensors", "rule": "rules"}


def get_pack_group():
    """Name of the group that the files of packs belong to."""
    # The options take long to import, and few ask for them.
    from oslo_config import cfg

    from st2common import config

    config.register_opts()
    return cfg.CONF.content.pack_group


def get_system_packs_base_path():
    """The folder of all packs."""
    return os.path.join(os.environ.get("SQUALL_STACKSTORM_DIR", "/opt/stackstorm"), "packs")


def get_packs_base_paths():
    return [get_system_packs_base_path()]


def check_pack_directory_exists(pack):
    return get_pack_directory(pack) is not None


def check_pack_content_directory_exists(pack, content_type):
    return os.path.isdir(os.path.join(get_pack_base_path(pack) or "", content_type))


def get_pack_base_path(pack_name, include_trailing_slash=False, use_pack_cache=False):
    """The folder of a pack, whether it exists or not; None without a name."""
    if not pack_name:
        return None
    path = os.path.join(get_system_packs_base_path(), os.path.basename(pack_name))
    return path + os.path.sep if include_trailing_slash else path


def get_pack_directory(pack_name):
    """The folder of a pack; None when it does not exist."""
    path = get_pack_base_path(pack_name)
    return path if path and os.path.isdir(path) else None


def get_pack_file_abs_path(pack_ref, file_path, resource_type=None, use_pack_cache=False):
    """Absolute path of a file of a pack; ValueError for one that would leave its folder."""
    base = get_pack_base_path(pack_ref)
    normalized = os.path.normpath("/" + file_path).lstrip("/")
    if normalized != file_path:
        raise ValueError(
            'Invalid file path: "%s". File path needs to be relative to the pack%s directory (%s).'
            % (file_path, " %ss" % resource_type if resource_type else "", base)
        )
    return os.path.join(base, normalized)


def get_pack_resource_file_abs_path(pack_ref, resource_type, file_path):
    """Absolute path of the file of an action, a sensor or a rule."""
    if resource_type not in _RESOURCE_FOLDERS:
        raise ValueError("Invalid resource type: %s" % resource_type)
    path = os.path.join(_RESOURCE_FOLDERS[resource_type], file_path)
    return get_pack_file_abs_path(pack_ref, path, resource_type=resource_type)


def get_relative_path_to_pack_file(pack_ref, file_path, use_pack_cache=False):
    """The path in the pack of an absolute or relative path; ValueError for one outside of it."""
    base = get_pack_base_path(pack_ref)
    if not os.path.isabs(file_path):
        file_path = os.path.join(base, file_path)
    if os.path.commonpath([base, os.path.normpath(file_path)]) != base:
        raise ValueError("file_path (%s) is not located inside the pack directory (%s)" % (file_path, base))
    return os.path.relpath(file_path, base)


def get_entry_point_abs_path(pack=None, entry_point=None, use_pack_cache=False):
    """Absolute path of the file that an action runs; None without one."""
    if not entry_point:
        return None
    if os.path.isabs(entry_point):
        get_relative_path_to_pack_file(pack, entry_point)
        return entry_point
    return get_pack_resource_file_abs_path(pack, "action", entry_point)


def get_action_libs_abs_path(pack=None, entry_point=None):
    """The folder lib beside an action."""
    path = os.path.join(os.path.dirname(entry_point or ""), "lib")
    return get_pack_file_abs_path(pack, os.path.join("actions", path))
