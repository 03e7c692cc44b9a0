"""Delighted's API under /delighted/v1/, its answers and its statuses.

door       key, format, pace and errors of every request      bodies     JSON and forms alike
api        one view for each of its resources                 people     persons as it shows them
answers    survey responses as it shows them                  actions    every write
autopilot  who is asked again and again                       erasing    a person who is deleted
"""
