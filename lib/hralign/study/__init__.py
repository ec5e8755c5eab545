"""The study: its models as data, the fits and curves that test its hypotheses, and what they say."""
