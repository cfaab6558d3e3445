import pytest

from bench import chromium


def test_without_a_browser_the_message_says_what_to_do(monkeypatch):
    monkeypatch.setenv("CHROMIUM", "/nowhere/chromium")
    with pytest.raises(chromium.NoChromium, match=r"CHROMIUM=/nowhere/chromium is no program\. Install it"):
        chromium.find()
    monkeypatch.delenv("CHROMIUM")
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(chromium.NoChromium, match="none of chromium, chromium-browser"):
        chromium.find()
