"""Read the files of skills, without importing a skill or OVOS.

``installed`` finds an installed skill and its folder, ``resources`` the files in it and
their lines, and ``texts`` collects what a skill understands in one language.
"""
