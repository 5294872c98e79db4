"""``serment engine check``: what it prints, and its status."""

from __future__ import annotations

from serment.cli import engine
from serment.cli.main import _parser
from serment.connectors.fse import serving
from serment.connectors.fse.simulator import Simulator


def ask(*words: str) -> int:
    return engine.run(_parser().parse_args(["engine", *words]))


def test_a_good_engine_passes_and_a_missing_one_does_not(tmp_path, capsys):
    secret = tmp_path / "secret"
    secret.write_text("s3cret\n")
    with serving.over_http(Simulator(tmp_path / "e"), token="s3cret") as address:
        assert ask("check", address, "--token-file", str(secret)) == 0
        assert "signs the same sheet once" in capsys.readouterr().out
        assert ask("check", address) == 1, "without its secret"
    assert ask("check", address) == 1
    assert "ne sont pas tenus" in capsys.readouterr().err
    assert ask("check", "http://example.org:80") == 1
