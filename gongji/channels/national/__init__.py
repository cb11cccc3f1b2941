"""The national institution interface, outpatient part: what hospitals and pharmacies send, and what they get back."""
