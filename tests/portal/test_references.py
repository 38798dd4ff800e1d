import itertools

from portal import references


def test_a_reference_reads_back_in_any_writing():
    for _number in range(200):
        reference = references.draw("MP")
        for typed in (reference, reference.lower(), reference.replace("-", " "), f" {reference} "):
            assert references.read(typed, "MP") == reference


def test_no_two_characters_look_alike():
    pairs = ("0O", "1I", "1L", "2Z", "5S", "8B", "UV")
    assert not [pair for pair in pairs if set(pair) <= set(references.ALPHABET)]
    assert len(set(references.ALPHABET)) == references.BASE


def test_one_wrong_character_is_noticed_in_every_place():
    body = "7K3F9XQ"
    right = body + references.check_character(body)
    for place, other in itertools.product(range(len(right)), references.ALPHABET):
        wrong = right[:place] + other + right[place + 1 :]
        assert (references.read(wrong, "MP") is not None) == (wrong == right)


def test_two_neighbours_that_change_places_are_noticed():
    body = "0134679"
    right = body + references.check_character(body)
    for place in range(len(right) - 1):
        swapped = right[:place] + right[place + 1] + right[place] + right[place + 2 :]
        assert references.read(swapped, "MP") is None or swapped == right


def test_what_is_no_reference_is_none():
    assert references.read("", "MP") is None
    assert references.read("MP-1234", "MP") is None
    assert references.read("ÄÖÜ€" * 50, "MP") is None
