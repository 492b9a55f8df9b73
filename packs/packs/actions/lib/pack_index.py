# packs/packs/actions/lib/pack_index.py — indexes of packs in the Exchange's format: fetched, merged, searched.
import json
import os
from urllib.request import getproxies_environment

import requests
from pack_objects import Refused
from requests.utils import should_bypass_proxies

SECONDS = 30
NOT_SEARCHED = ("repo_url", "email")


class PackIndex:
    """`config` is the one of the pack; `packs` by key, `health` how it went with each index. `own` gives the name and the
    text of one that counts more, which the account need not be able to read; when that has the pack `wanted`, no other is asked."""

    def __init__(self, config, own, wanted=None):
        self.packs, self.health = {}, []
        try:
            name, text = own()
            if text is not None:
                self._add(name, *read(text))
        except Refused as error:
            self._add("ConfigMap squall-pack-index", {}, str(error), "unresponsive")
        if wanted in self.packs:
            return
        for url in config.get("index_url") or []:
            self._add(url, *fetched(url, config))

    def _add(self, url, packs, message, error):
        self.health.append({"url": url, "packs": len(packs), "message": message, "error": error})
        for key, entry in packs.items():
            self.packs.setdefault(key, entry)

    def required(self):
        """The packs. Raises ValueError when no index answered."""
        if not self.packs and not any(one["error"] is None for one in self.health):
            tried = ", ".join(one["url"] for one in self.health)
            why = "; ".join("%s: %s" % (one["url"], one["message"]) for one in self.health)
            raise ValueError("No results from the index: tried %s. %s" % (tried, why))
        return self.packs

    def search(self, query):
        """Those that have the text: first in their name, then in their keywords, then anywhere."""
        wanted = query.strip().lower()
        if not wanted:
            raise ValueError("query: give a word or a phrase")
        ranked = [(rank(entry, wanted), entry) for entry in self.required().values()]
        return [entry for place, entry in sorted(ranked, key=lambda one: one[0]) if place < 3]


def rank(entry, wanted):
    if has(entry.get("name"), wanted):
        return 0
    if has(entry.get("keywords"), wanted):
        return 1
    return 2 if any(has(value, wanted) for key, value in entry.items() if key not in NOT_SEARCHED) else 3


def has(value, wanted):
    if isinstance(value, list):
        return any(str(item).lower() == wanted for item in value)
    return isinstance(value, (str, int, float)) and wanted in str(value).lower()


def fetched(url, config):
    """(packs, message, error)."""
    try:
        answer = requests.get(url, timeout=SECONDS, proxies=proxies(url, config), verify=authorities(config))
        answer.raise_for_status()
        return read(answer.content)
    except requests.RequestException as error:
        return {}, str(error), "unresponsive"


def read(text):
    """(packs, message, error)."""
    try:
        content = json.loads(text)
    except ValueError as error:
        return {}, str(error), "malformed"
    if isinstance(content, list):
        return {}, "Expected an index object, got a list instead.", "malformed"
    if not content:
        return {}, "The index URL returned an empty object.", "empty"
    if not isinstance(content.get("packs"), dict):
        return {}, 'Index object is missing "packs" attribute.', "malformed"
    return content["packs"], "Success.", None


def proxies(url, config):
    """The environment's come first, as requests takes them; those of the configuration where it has none."""
    taken = getproxies_environment()
    # requests follows no_proxy for proxies of the environment only.
    exceptions = taken.get("no") or config.get("no_proxy")
    if exceptions and should_bypass_proxies(url, no_proxy=exceptions):
        return {"no_proxy": exceptions}
    given = {kind: config.get("%s_proxy" % kind) for kind in ("http", "https")}
    return {kind: proxy for kind, proxy in given.items() if proxy and kind not in taken}


def authorities(config):
    return os.environ.get("proxy_ca_bundle_path") or config.get("proxy_ca_bundle_path") or True
