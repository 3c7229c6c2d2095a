"""Fines (amendes, contraventions): the catalogue of offences, and one fine for each offence found.

An offence's amounts are effective-dated. A fine keeps the amount of its day, and what it comes to early and late;
what is owed becomes a bill under the fine's own number, so that it is paid at any counter together with taxes.
"""
