"""What holds of new_plugin's commands, whatever they are called with: `pytest --smcp-conformance` tries it."""

from smcp_conformance.laws import Command, law


@law("greet")
def greeting_names_whom_it_greets(greet: Command, name: str, times: int) -> None:
    """A greeting names whom it greets, as often as it was asked to."""
    assert greet(name=name, times=times)["greeting"].count(name) >= times


@law("greet")
def greeting_once_is_the_default(greet: Command, name: str) -> None:
    """Whoever doesn't say how often means once."""
    assert greet(name=name) == greet(name=name, times=1)


@law("greet")
def nobody_is_not_greeted(greet: Command) -> None:
    """An empty name is refused."""
    assert greet.refusal(name="").code == "out_of_range"
