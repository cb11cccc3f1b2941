"""Screens for those who sign in: citizens, clerks, whoever stands before a kiosk. They ask the API in his name."""
