"""Words every slice shares: money, dates, numbers, errors, languages. No database, no Qt."""
