"""A picture that is answered and then shown is prepared once."""

from PIL import Image

from fashion_model.baskets import Basket
from ui import answering


def test_a_picture_is_prepared_once_and_anew_when_it_is_turned(tmp_path, monkeypatch):
    asked = []
    real = answering.prepare
    monkeypatch.setattr(answering, "prepare", lambda *given: asked.append(given) or real(*given))
    basket = Basket(tmp_path / ("0" * 32))
    item = basket.add("photo.png", b"")
    item = basket.opened(item, Image.new("RGB", (90, 70), "white"))
    first = answering.prepared_of(basket, item)
    assert answering.prepared_of(basket, item) is first
    turned = basket.change(item, choices={"quarter_turns": 1})
    assert answering.prepared_of(basket, turned) is not first
    assert len(asked) == 2
