"""How surveys are answered: links, what is being answered, and how it reaches the log.

tokens    secrets of links and forms          steps      the way through one survey, pure
links     who may answer, until when          session    the state machine every channel drives
drafts    what is not finished, in the vault  telling    what a closed answer tells the log
anonymous answers that wait without a name    doubts     machines, haste and series

No file of these imports Django but actions, reading and views: the bare door and the intake's
writer drive the same code on connections of their own.
"""
