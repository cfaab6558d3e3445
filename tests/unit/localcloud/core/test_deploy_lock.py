"""Two deploys at once would fight for Terraform's state."""

import threading

from localcloud import deployment


def test_a_second_deploy_waits_for_the_first_and_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(deployment, "DEPLOY_LOCK", tmp_path / "lock")
    monkeypatch.setattr(deployment, "_deploy", lambda cloud, say: done.append(cloud))
    done, said = [], threading.Event()
    second = threading.Thread(target=lambda: deployment.deploy("second", lambda _: said.set()))
    with deployment._alone(print):
        second.start()
        assert said.wait(5)
        assert done == []
    second.join(5)
    assert done == ["second"]
