"""Who is who: people and their insurance over time, bonds, visits, institutions."""
