# st2common/util/pack.py — what pack.yaml says.
import os
import re

from st2common.constants.pack import MANIFEST_FILE_NAME, PACK_REF_WHITELIST_REGEX

__all__ = ["get_pack_ref_from_metadata", "get_pack_metadata", "get_pack_warnings"]


def get_pack_metadata(pack_dir):
    """The content of pack.yaml; ValueError when there is none."""
    import yaml

    path = os.path.join(pack_dir, MANIFEST_FILE_NAME)
    if not os.path.isfile(path):
        raise ValueError('Pack "%s" is missing %s file' % (pack_dir, MANIFEST_FILE_NAME))
    with open(path, encoding="utf-8") as source:
        content = yaml.safe_load(source)
    if not content:
        raise ValueError('Pack "%s" metadata file is empty' % pack_dir)
    return content


def get_pack_ref_from_metadata(metadata, pack_directory_name=None):
    """`ref`, else the folder's name, else the name, whichever may be one; ValueError when none may."""
    if metadata.get("ref"):
        return metadata["ref"]
    for candidate in (pack_directory_name, metadata["name"]):
        if candidate and re.match(PACK_REF_WHITELIST_REGEX, candidate):
            return candidate
    raise ValueError(
        'Pack name "%s" contains invalid characters and "ref" attribute is not available. You either need to add '
        '"ref" attribute which contains only word characters to the pack metadata file or update name attribute '
        "to contain only word characters." % metadata["name"]
    )


def get_pack_warnings(pack_metadata):
    """A warning for packs of Python 2 only, else None."""
    versions = pack_metadata.get("python_versions")
    if not versions or set(str(version) for version in versions) != {"2"}:
        return None
    return "DEPRECATION WARNING: Pack %s only supports Python 2.x, which is not available." % pack_metadata["name"]
