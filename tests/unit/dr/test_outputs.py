import json

import pytest

from dr.outputs import OutputsError, flatten, read, write


def test_outputs_of_all_stacks_become_one_sorted_map():
    assert list(flatten({"b": {"z": 1}, "a": {"y": 2}}).items()) == [("y", 2), ("z", 1)]


def test_two_stacks_may_not_use_the_same_output_name():
    with pytest.raises(OutputsError, match="'url' of stack 'b'"):
        flatten({"a": {"url": 1}, "b": {"url": 2}})


def test_what_stacks_tell_each_other_is_not_an_output():
    assert flatten({"a": {"cross-stack-output-id": 1}, "b": {"cross-stack-output-id": 2}}) == {}


def test_what_was_written_can_be_read(tmp_path):
    path = tmp_path / "deep" / "flat.json"
    assert write({"a": {"url": "x"}}, path) == read(path) == {"url": "x"}


@pytest.mark.parametrize("flat", [1, None, "url", ["url"]])
def test_what_is_flat_already_is_not_flattened(flat):
    with pytest.raises(OutputsError, match="'lease_table' has no map of outputs"):
        flatten({"lease_table": flat})


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "deploy first"),
        ("{", "is not JSON"),
        ("[" * 100_000, "is not JSON"),
        (json.dumps(["a"]), "holds list, not a map"),
    ],
)
def test_outputs_that_cannot_be_used_say_why(tmp_path, content, message):
    path = tmp_path / "flat.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(OutputsError, match=message):
        read(path)
