"""Options that argparse reads: what was likely meant."""

import pytest

from ser.system.orders import Orders


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--sort", "uarr"], "error: --sort=uarr is unknown (did you mean 'uar'?); choose one of"),
        (["--sort", "x y"], "error: --sort=x y is unknown; choose one of name, uar."),
        (["--outptu=x"], "error: --outptu is no option here (did you mean '--output'?); pass"),
        (["a", "b"], "error: unrecognized arguments: b; pass --help to see what there is."),
    ],
)
def test_a_mistake_is_answered_with_what_was_likely_meant(words, sentence, capsys):
    parser = Orders("ser.report")
    parser.add_argument("--sort", choices=["name", "uar"])
    parser.add_argument("--output")
    parser.add_argument("run", nargs="?")
    with pytest.raises(SystemExit) as caught:
        parser.parse_args(words)
    assert caught.value.code == 2
    assert capsys.readouterr().err.startswith(sentence)
