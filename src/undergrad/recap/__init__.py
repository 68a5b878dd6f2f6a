"""Spaced recap: which questions and which pieces of code are worth a second look today.

    agenda = load_agenda(me)
    for card in agenda.today:
        print(card.item.ask)
        answer(me, card.item, "good")

Nothing but `recall.answered` events is stored. The cards, their dates and the day's portion are
made from the events each time, so two machines that were merged agree by themselves.
"""

from undergrad.recap.agenda import Agenda, make_agenda
from undergrad.recap.cards import Card, Review, replay
from undergrad.recap.items import Item, drill_id, retention
from undergrad.recap.records import A_DAY, answer, load_agenda, load_cards, record_answer

__all__ = [
    "A_DAY",
    "Agenda",
    "Card",
    "Item",
    "Review",
    "answer",
    "drill_id",
    "load_agenda",
    "load_cards",
    "make_agenda",
    "record_answer",
    "replay",
    "retention",
]
