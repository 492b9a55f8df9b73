# st2common/util/monkey_patch.py — eventlet's versions of what blocks, for packs that ask for them.
__all__ = ["monkey_patch"]


def monkey_patch(patch_thread=None):
    """Threads too, unless `patch_thread` is False."""
    import eventlet

    eventlet.monkey_patch(os=True, select=True, socket=True, thread=patch_thread is not False, time=True)
