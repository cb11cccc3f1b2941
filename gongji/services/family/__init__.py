"""The family network: people and their bonds, from enrolment to inheritance."""
