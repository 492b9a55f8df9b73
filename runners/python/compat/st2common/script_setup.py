# st2common/script_setup.py — StackStorm's database and message bus, which are not here: whoever calls for them is told what is.
__all__ = ["setup", "teardown", "db_setup", "db_teardown", "register_exchanges_with_retry"]


def _not_here(*args, **kwargs):
    raise NotImplementedError(
        "st2common.script_setup: Squall has neither StackStorm's database nor its message bus. Read and write Executions, "
        "Rules and the datastore with st2client or kubectl; content is registered by squall pack register"
    )


setup = teardown = db_setup = db_teardown = register_exchanges_with_retry = _not_here
