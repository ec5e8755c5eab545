"""From the sources of the book to notebooks that any program shows properly; see ``book/_plain/build.py``.

A chapter is Markdown already, and most of it is kept to the letter.  ``text`` finds, with the book's own MyST parser
(``parser``), the roles, directives and links in it, and puts plain Markdown in their places (``directives`` says
which); ``works`` writes citations, ``values`` the numbers, ``book`` knows what there is to link to; ``facts`` keeps
what is told of the page elsewhere; ``chapter`` puts a notebook together, ``edition`` all of them, or none if one has
a fault.
"""
