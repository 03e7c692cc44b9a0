"""What people may ask of their data, and what the law asks of us.

person_file    everything about one person, to take away      blocking   kept for courts, unseen
retention      how long each class of data stays              record     the record of processing
forms, views, urls    the pages
"""
