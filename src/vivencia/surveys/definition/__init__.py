"""What a survey says and how it is answered, as data: no Django, no database, no channel.

schema    the definition, read and checked        rules     when something is shown
answers   what was posted, and what it becomes    piping    texts that repeat an answer
closing   the last words, and which quotas hold   contrast  colours that can be read
"""
