"""Refusals about indicators."""

from muniadmin.kernel.errors import UserError
from muniadmin.kernel.i18n import N_


class PeriodUnknown(UserError):
    """The text names no period."""

    message = N_("“{period}” is not a period.")
    hint = N_("Write a fiscal year ({example}), a quarter (2026-T3), a month (2026-05) or last-12-months.")


class IndicatorUnknown(UserError):
    """There is no such indicator."""

    message = N_("There is no indicator “{indicator}”.")
    hint = N_("Choose one of the catalogue.")


class GoalNotPossible(UserError):
    """A target or baseline that the indicator can never have."""

    message = N_("“{indicator}” can never be {value}.")
    hint = N_("Enter a value from 0 on; a share is at most 100 %.")
