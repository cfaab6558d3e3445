"""Two deploys at once would fight for Terraform's state."""

import threading

from localcloud import lifecycle


def test_a_second_deploy_waits_for_the_first_and_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(lifecycle, "DEPLOY_LOCK", tmp_path / "lock")
    monkeypatch.setattr(lifecycle, "_deploy", lambda cloud, say: done.append(cloud))
    done, said = [], threading.Event()
    second = threading.Thread(target=lambda: lifecycle.deploy("second", lambda _: said.set()))
    with lifecycle._alone(print):
        second.start()
        assert said.wait(5)
        assert done == []
    second.join(5)
    assert done == ["second"]
