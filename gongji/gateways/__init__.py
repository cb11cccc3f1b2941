"""We go to them: the machines and services outside that the program starts or calls."""
