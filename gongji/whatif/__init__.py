"""What a changed rule would mean: a year of bills of a population, decided by today's rules and by a reform's."""
