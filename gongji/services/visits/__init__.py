"""What an institution does: visits, stays, sales over the counter, orders by phone, and what it may ask."""
