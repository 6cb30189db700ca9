#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Weights of hives from two readings of a luggage scale."""
import csv
import sys

TARE_KG = 24.0
FEED_BELOW_KG = 8.0


def hive_weight(left_kg, right_kg, tare_kg=TARE_KG):
    """What bees, brood and honey weigh: both sides together, less the empty hive."""
    return left_kg + right_kg - tare_kg


def hungry(path):
    """Hives in the log whose last weight is below FEED_BELOW_KG."""
    last = {}
    with open(path, encoding='utf-8') as log:
        for row in csv.DictReader(log):
            last[row['apiary'], row['hive']] = float(row['weight_kg'])
    return sorted(hive for hive, weight in last.items() if weight < FEED_BELOW_KG)


if __name__ == '__main__':
    for apiary, number in hungry(sys.argv[1]):
        print(f'{apiary}: hive {number} needs feeding')
