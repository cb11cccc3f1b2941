"""The clerk's desk K1–K10: written for a wide screen and a keyboard, and usable on a narrow one without a script."""
