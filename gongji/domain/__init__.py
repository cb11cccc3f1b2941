"""The ground floor: the words of the trade. Pure values, no rules, no machine."""
