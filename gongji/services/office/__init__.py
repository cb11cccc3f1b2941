"""The desk of a bureau: applications, papers, mandates, inspections, and who looked at whom."""
