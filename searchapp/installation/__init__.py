"""What a machine needs around the program.

What stands in the file of settings? `settings_text`. Which units, images and server blocks run it?
`deployment`, from the templates in `files/`. What is wrong with an installation? `diagnosis`.
"""
