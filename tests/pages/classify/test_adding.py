"""Pictures come in, stay, and are seen by nobody else; a bad file is one sentence."""

from types import SimpleNamespace

from fashion_model.baskets import Basket, new_visitor
from tests.making_runs import finished_run
from tests.pages.classify.making import heading, photo, table, upload
from tests.pages.reading import words_of
from ui import adding


def test_without_a_model_it_leads_to_training(visit):
    assert "train one" in words_of(visit("classify"))


def test_an_upload_that_a_click_broke_into_is_not_lost(visit, model, monkeypatch):
    monkeypatch.setattr(adding, "_uploaded", lambda *given: None)
    page = upload(visit("classify"), a_png=photo())
    assert heading(page) == "Dress"
    assert page.file_uploader(key="upload").value == []


def test_files_that_a_browser_tells_of_again_are_taken_once(models):
    basket, uploads = Basket.of(new_visitor()), adding.Uploads()
    told = [SimpleNamespace(file_id=number, name="a.png", getvalue=photo) for number in "12"]
    assert adding.take(basket, told[:1], uploads)
    assert not adding.take(basket, told[:1], uploads)
    assert adding.take(basket, told, uploads)  # two files of one name are two pictures
    assert len(basket.items()) == 2


def test_bad_files_are_one_sentence_each_and_the_others_are_answered(visit, model):
    page = upload(
        visit("classify"),
        good_png=photo(),
        text_txt=b"no picture",
        empty_jpg=b"",
        cut_jpg=photo("JPEG", size=(900, 900))[:900],
        good_jpg=photo("JPEG"),
    )
    rows = table(page).set_index("name")
    assert rows.loc["good.png", "label"] == rows.loc["good.jpg", "label"] == "Dress"
    for name in ("text.txt", "empty.jpg", "cut.jpg"):
        assert rows.loc[name, "note"].endswith(".")
        assert rows["label"].isna()[name]
    assert len(set(rows.loc[["text.txt", "empty.jpg", "cut.jpg"], "note"])) == 3


def test_the_only_file_being_broken_is_a_sentence_with_its_name(visit, model):
    page = upload(visit("classify"), text_txt=b"no picture")
    assert page.error[0].value.startswith("text.txt: This file is not a picture")
    page.button(key="remove_picture").click().run()
    assert not page.error


def test_pictures_outlive_a_page_change_and_are_answered_anew_by_another_model(
    visit, model, small_dataset
):
    page = upload(visit("classify"), a_png=photo(), b_png=photo())
    page.switch_page("../pages/overview.py").run()
    page.switch_page("../pages/classify.py").run()
    assert table(page)["label"].tolist() == ["Dress", "Dress"]
    finished_run(small_dataset, "other", "Other", seed=9)
    model.label = "Coat"
    page.query_params["model"] = "other"
    page.run()
    assert table(page)["label"].tolist() == ["Coat", "Coat"]


def test_another_visitor_sees_nothing_of_it(visit, model):
    upload(visit("classify"), a_png=photo(), b_png=photo())
    assert not visit("classify").data_editor


def test_a_basket_that_is_half_done_is_finished(visit, model):
    visitor = new_visitor()
    basket = Basket.of(visitor)
    basket.add("a.png", photo())
    basket.add("b.png", photo())
    page = visit("classify")
    page.session_state["_visitor"] = visitor
    page.run()
    assert table(page)["label"].tolist() == ["Dress", "Dress"]
