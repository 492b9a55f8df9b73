# st2common/services/datastore.py — the datastore through the REST API, with the names that belong to one class of a pack.
import os

from st2common.constants.keyvalue import SYSTEM_SCOPE

__all__ = ["BaseDatastoreService", "ActionDatastoreService"]

_PAGE_SIZE = 100


class BaseDatastoreService:
    """Reads, writes and deletes values; names are local to the class unless local=False."""

    DATASTORE_NAME_SEPARATOR = ":"

    def __init__(self, logger, pack_name, class_name):
        self._logger = logger
        self._pack_name = pack_name
        self._class_name = class_name

    def get_api_client(self):
        """A client of the API that is ready to use."""
        raise NotImplementedError("get_api_client() not implemented")

    def _get_api_client(self):
        """Its name in older packs."""
        return self.get_api_client()

    def get_user_info(self):
        client = self.get_api_client()
        self._logger.debug("Retrieving user information")
        return client.get_user_info()

    def list_values(self, local=True, prefix=None, limit=None, offset=0):
        client = self.get_api_client()
        self._logger.debug("Retrieving all the values from the datastore")
        full_prefix = self._get_full_key_name(prefix or "", local) if local else prefix
        return client.keys.get_all(prefix=full_prefix, limit=limit or _PAGE_SIZE, offset=offset or 0)

    def get_value(self, name, local=True, scope=SYSTEM_SCOPE, decrypt=False):
        """The value; None when there is none, or an error came, which is logged."""
        _check_scope(scope)
        name = self._get_full_key_name(name, local)
        client = self.get_api_client()
        self._logger.debug("Retrieving value from the datastore (name=%s)", name)
        try:
            found = client.keys.get_by_id(id=name, params={"decrypt": str(decrypt).lower(), "scope": scope})
        except Exception as error:
            self._logger.exception("Exception retrieving value from datastore (name=%s): %s", name, error)
            return None
        return found.value if found else None

    def set_value(self, name, value, ttl=None, local=True, scope=SYSTEM_SCOPE, encrypt=False):
        """Stores str(value), for `ttl` seconds if given; errors are raised."""
        from st2client.models.keyvalue import KeyValuePair

        _check_scope(scope)
        name = self._get_full_key_name(name, local)
        client = self.get_api_client()
        self._logger.debug("Setting value in the datastore (name=%s)", name)
        fields = {"id": name, "name": name, "value": str(value), "scope": scope}
        if encrypt:
            fields["secret"] = True
        if ttl:
            fields["ttl"] = ttl
        client.keys.update(instance=KeyValuePair(**fields))
        return True

    def delete_value(self, name, local=True, scope=SYSTEM_SCOPE):
        """Whether it was deleted; errors are logged."""
        from st2client.models.keyvalue import KeyValuePair

        _check_scope(scope)
        name = self._get_full_key_name(name, local)
        client = self.get_api_client()
        self._logger.debug("Deleting value from the datastore (name=%s)", name)
        try:
            client.keys.delete(instance=KeyValuePair(id=name, name=name), params={"scope": scope})
        except Exception as error:
            self._logger.exception("Exception deleting value from datastore (name=%s): %s", name, error)
            return False
        return True

    def _get_full_key_name(self, name, local):
        if not local:
            return name
        return "%s.%s%s%s" % (self._pack_name, self._class_name, self.DATASTORE_NAME_SEPARATOR, name)


def _check_scope(scope):
    if scope != SYSTEM_SCOPE:
        raise ValueError("Scope %s is unsupported." % scope)


class ActionDatastoreService(BaseDatastoreService):
    """With the token and the address that the runner gives to an action."""

    def __init__(self, logger, pack_name, class_name, auth_token):
        super().__init__(logger=logger, pack_name=pack_name, class_name=class_name)
        self._auth_token = auth_token
        self._client = None

    def get_api_client(self):
        if self._client is None:
            # Takes long to import, and few actions need it.
            from st2client.client import Client

            self._logger.debug("Creating new Client object.")
            address = os.environ.get("ST2_ACTION_API_URL")
            cacert = os.environ.get("ST2_CACERT")
            self._client = Client(api_url=address, token=self._auth_token, cacert=cacert)
        return self._client
