"""What provinces add to the interface: profiles, the signatures they ask for, and the keys these are checked by."""
