"""What was printed, and what this book has found: published numbers, named results, and how they are kept."""
