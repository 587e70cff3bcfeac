"""Files of the programs that coders work with, written and read: ELAN, Praat, BORIS, BIDS."""

from .coded_interval import CodedInterval, Coding, coding_of_result
from .formats import FORMATS, read_coding, write_coding

__all__ = ['FORMATS', 'CodedInterval', 'Coding', 'coding_of_result', 'read_coding', 'write_coding']
