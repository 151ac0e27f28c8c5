"""What holds of demo_text's commands, whatever they are called with."""

import hashlib
import re

from hypothesis import strategies as st

from smcp_conformance.laws import Command, law


@law("slugify")
def slug_has_only_lower_case_letters_digits_and_hyphens(slugify: Command, text: str) -> None:
    """A slug is made of `a-z`, `0-9` and hyphens."""
    assert re.fullmatch("[a-z0-9-]*", slugify(text=text)["slug"])


@law("slugify")
def slug_has_no_hyphen_at_its_edges(slugify: Command, text: str) -> None:
    """A slug neither begins nor ends with a hyphen."""
    slug = slugify(text=text)["slug"]
    assert slug == slug.strip("-")


@law("slugify")
def slug_of_a_slug_is_itself(slugify: Command, text: str) -> None:
    """Slugifying a slug changes nothing."""
    slug = slugify(text=text)["slug"]
    assert slugify(text=slug)["slug"] == slug


@law("word_count", other=st.text())
def words_add_up_over_joined_texts(word_count: Command, text: str, other: str) -> None:
    """Two texts with a space between them have the words of both, and one character more."""
    first, second, both = (word_count(text=each) for each in (text, other, f"{text} {other}"))
    assert both["words"] == first["words"] + second["words"]
    assert both["characters"] == first["characters"] + 1 + second["characters"]


@law("echo")
def echo_gives_back_the_message(echo: Command, message: str) -> None:
    """A message comes back as it was, whatever it is."""
    assert echo(message=message) == {"message": message}


@law("hash_preview")
def preview_is_the_beginning_of_the_hash(hash_preview: Command, text: str, algorithm: str, length: int) -> None:
    """A preview is the beginning of the hash that Python finds of the text's UTF-8 bytes."""
    digest = hashlib.new(algorithm, text.encode(), usedforsecurity=False).hexdigest()
    assert hash_preview(text=text, algorithm=algorithm, length=length)["preview"] == digest[:length]


@law("morse")
def capitals_sound_like_small_letters(morse: Command, text: str) -> None:
    """Morse code knows no capitals."""
    assert morse(text=text.upper())["code"] == morse(text=text.lower())["code"]


@law("morse", words=st.lists(st.from_regex("[A-Za-z0-9]{1,4}", fullmatch=True), min_size=2, max_size=3))
def words_are_coded_one_by_one(morse: Command, words: list[str]) -> None:
    """The code of a text is that of its words, with a slash between them."""
    assert morse(text=" ".join(words))["code"] == " / ".join(morse(text=word)["code"] for word in words)
