"""Many pictures: the table, its checks against names, the CSV."""

from tests.pages.classify.making import my_basket, photo, table, upload
from tests.pages.reading import words_of
from ui import batch


def test_names_that_carry_a_class_are_checked(visit, model):
    page = upload(visit("classify"), dress__1_png=photo(), coat__2_png=photo(), holiday_png=photo())
    said = words_of(page)
    assert "50.0 % right" in said
    assert "1 of 2 pictures" in said
    assert "1 mistake" in said


def test_the_table_can_be_filtered_and_corrected(visit, model):
    page = upload(visit("classify"), a_png=photo(), b_png=photo())
    first = my_basket(page).items()[0]
    batch.rename(my_basket(page), first, "Shirt")  # as an edit of the table does
    page.run()
    assert table(page)["label"].tolist() == ["Shirt", "Dress"]
    page.pills(key="show_only").set_value("Shirt").run()
    assert table(page)["name"].tolist() == ["a.png"]


def test_the_csv_has_a_line_for_each_and_no_formulas(visit, model):
    page = upload(visit("classify"), a_png=photo(), b_txt=b"no")
    basket = my_basket(page)
    basket.add("=HYPERLINK(1).png", photo())
    lines = batch.as_csv(basket.items()).splitlines()
    assert lines[0].startswith("file,label,confidence,one_of,is_garment")
    assert lines[1].startswith("a.png,Dress,0.9,Dress,True")
    assert "not a picture" in lines[2]
    assert lines[3].startswith("'=HYPERLINK")


def test_removing_all_leaves_nothing(visit, model):
    page = upload(visit("classify"), a_png=photo(), b_png=photo())
    folder = my_basket(page).folder
    page.button(key="clear_basket").click().run()
    assert not folder.exists()
    assert not page.data_editor
