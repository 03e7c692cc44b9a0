"""The same figures in plain Python, slowly and plainly: the twin that mining must equal."""

from collections import Counter, defaultdict
from fractions import Fraction
from itertools import pairwise


def quantile(values, q):
    """Linear interpolation at (n − 1)·q, in exact fractions."""
    ordered = sorted(values)
    place = (len(ordered) - 1) * q
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def seconds(values):
    """(count, mean, median, p90) of whole milliseconds, in seconds."""
    if not values:
        return (0, None, None, None)
    exact = (
        Fraction(sum(values), len(values)),
        quantile(values, Fraction(1, 2)),
        quantile(values, Fraction(9, 10)),
    )
    return (len(values), *(float(each / 1000) for each in exact))


def transitions(log):
    """{(from, to): (count, mean, median, p90)} of a log: a list of journeys [(activity, at)]."""
    gaps = defaultdict(list)
    for journey in log:
        for (a, at), (b, then) in pairwise(journey):
            gaps[a, b].append(then - at)
    return {pair: seconds(values) for pair, values in gaps.items()}


def variants(log):
    """[(steps, count)] by count descending, then by steps."""
    counted = Counter(tuple(activity for activity, _ in journey) for journey in log)
    return sorted(counted.items(), key=lambda item: (-item[1], item[0]))


def loops(log, distance):
    """{(activity, between): (how often, in how many journeys)}."""
    often, where = Counter(), defaultdict(set)
    for number, journey in enumerate(log):
        names = [activity for activity, _ in journey]
        for i in range(len(names) - distance):
            straight_back = names[i] == names[i + distance]
            if straight_back and (distance == 1 or names[i] != names[i + 1]):
                often[names[i], names[i + 1]] += 1
                where[names[i], names[i + 1]].add(number)
    return {pair: (n, len(where[pair])) for pair, n in often.items()}
