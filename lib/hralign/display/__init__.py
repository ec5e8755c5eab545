"""What readers see: figures, tables, results, and what a page says about itself."""
