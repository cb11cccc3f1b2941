"""What a person takes home: statements, uses and bills as CSV, workbook or paper."""
