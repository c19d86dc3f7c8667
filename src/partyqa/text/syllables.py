"""Which words can be Vietnamese syllables, by how those are built: a beginning, a rhyme, a tone."""

import re
import unicodedata

_BEGINNING = "b|ch|d|đ|gi|gh|h|kh?|l|m|ngh|(?:c|g|ng)(?![eêiy])|nh|n|ph|p|r|s|th|tr|t|v|x|"
_OPEN = (  # rhymes that end in a vowel or a sounding consonant: any tone
    "o?a(?:m|ng?|nh|[ioy])?|au|o?ă(?:m|ng?)|â(?:m|ng?|[uy])|oe[no]?|e(?:m|ng?|o)?|ê(?:m|nh?|u)?|i(?:m|nh?|[au])?"
    "|[iy]ê(?:m|ng?|u)|o(?:m|ng?|ong|i)?|ô(?:m|ng?|i)?|ơ[imn]?|u(?:m|ng?|[aiơ])?|uâ(?:ng?|y)|uê(?:nh)?|uô(?:m|ng?|i)?"
    "|uy(?:nh|[au]|ên)?|ư(?:m|ng?|[aiu])?|ươ(?:m|ng?|[iu])?|y"
)
_CLOSED = (  # rhymes that end in a stop: only the rising and the heavy tone
    "o?a(?:ch?|[pt])|(?:[ăâeoôu]|iê|ươ)[cpt]|(?:ê|i|uy)(?:ch|[pt])|ooc|(?:oă|uô|ư)[ct]|(?:oe|uâ|uyê|yê)t|ơ[pt]|uêch"
)
_AFTER_QU = "a(?:ng?|nh|[iouy])?|ă(?:m|ng?)|â(?:ng?|y)|e[no]?|[êi](?:nh?)?|o|ơ[in]?|y(?:nh|ên)?|u"
_CLOSED_AFTER_QU = "a(?:ch?|t)|ă[cpt]|(?:[âeơy]|yê)t|[êi](?:ch|t)|ôc"
_SYLLABLE = re.compile(
    rf"(?:{_BEGINNING})(?:(?:{_OPEN})[1-5]?|(?:{_CLOSED})[15])"
    rf"|qu(?:(?:{_AFTER_QU})[1-5]?|(?:{_CLOSED_AFTER_QU})[15])"
    "|g(?:in|inh|iêm|iên|iêng|i)[1-5]?|g(?:it|iêt|ich)[15]"
)
TONES = {"\u0301": "1", "\u0300": "2", "\u0309": "3", "\u0303": "4", "\u0323": "5"}
"""The digit of each tone's combining mark."""
_SWAPPED = re.compile("(?<!q)uơ(?=[a-z])|ưo(?=[a-z])")


def toneless(word: str) -> tuple[str, str]:
    """Return a word in small letters without its tone, and the tone as a digit, "" for the level one.

    Mường -> ("mương", "2"); "Muờng", "Mưòng", no syllables of Vietnamese, are read as that too
    """
    letters, tone = [], ""
    for char in unicodedata.normalize("NFD", word.lower()):
        if char in TONES:
            tone = TONES[char]
        else:
            letters.append(char)
    return _SWAPPED.sub("ươ", unicodedata.normalize("NFC", "".join(letters))), tone


def is_syllable(word: str) -> bool:
    """Whether NFC `word`, in any case, can be a syllable of Vietnamese as it is spelt: "nghiêng", not "viet"."""
    tones = sum(char in TONES for char in unicodedata.normalize("NFD", word))
    return tones < 2 and word.isalpha() and is_key("".join(toneless(word)))


def is_key(key: str) -> bool:
    """Whether a syllable key, its tone a digit at the end, is one of a Vietnamese syllable."""
    return bool(_SYLLABLE.fullmatch(key))
