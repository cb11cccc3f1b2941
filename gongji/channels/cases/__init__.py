"""Case files: given, when, then, for policy officers. Run in memory by the same services as everything else."""
