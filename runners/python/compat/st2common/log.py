# st2common/log.py — logging under StackStorm's names: loggers begin with "st2.", and there is a level AUDIT.
import logging

from logging import CRITICAL, DEBUG, ERROR, INFO, WARNING

__all__ = ["getLogger", "AUDIT", "CRITICAL", "DEBUG", "ERROR", "INFO", "WARNING"]

AUDIT = CRITICAL + 10
logging.AUDIT = AUDIT
logging.addLevelName(AUDIT, "AUDIT")


def _audit(self, message, *args, **kwargs):
    if self.isEnabledFor(AUDIT):
        self._log(AUDIT, message, args, **kwargs)


logging.Logger.audit = _audit


def getLogger(name):
    """The logger st2.<name>."""
    return logging.getLogger("st2.%s" % name)
