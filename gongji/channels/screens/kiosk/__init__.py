"""The kiosk's pages T1–T7: a touch screen in a hall, for one visitor after the other; who leaves is forgotten."""
