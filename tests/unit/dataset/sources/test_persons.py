import pytest

from emotion_desktop.dataset.sources.persons import person_of


@pytest.mark.parametrize(
    ("name", "person"),
    [
        ("Alain_Cervantes_0001.jpg", "Alain_Cervantes"),
        ("KatrinaKaif_34.jpg", "KatrinaKaif"),
        ("Tony Blair (2).png", "Tony Blair"),
        ("Tony_Blair_0001_1.jpg", "Tony_Blair"),
        ("Tony-Blair-7b.JPG", "Tony-Blair"),
        ("Abdel_Aziz_Al-Hakim_0001.jpg", "Abdel_Aziz_Al-Hakim"),
        ("Prema16.jpg", "Prema"),
        ("Zoë_3.jpg", "Zoë"),
        ("folder/Anna_0001.jpg", "Anna"),
        ("183a.jpg", "183"),
        ("183b.jpg", "183"),
        ("KA.AN2.40.tiff", "KA"),
        ("subject01.happy.png", "subject01"),
        ("person_12_0003.jpg", "person_12"),
        ("person12_0003.jpg", "person12"),
        ("Queen_Elizabeth_II.jpg", "Queen_Elizabeth_II"),
    ],
)
def test_a_numbered_name_gives_the_person(name: str, person: str) -> None:
    assert person_of(name) == person


@pytest.mark.parametrize(
    "stem",
    [
        "00012",
        "facial-expressions_2868588k",
        "IMG_0412",
        "IMG_20200101_123456",
        "DSC01234",
        "happy_3",
        "Angry-12",
        "PrivateTest_10131363",
        "train_00001_aligned",
        "y06",
        "_1",
        "!!",
    ],
)
def test_a_name_that_tells_no_person_is_a_person_of_its_own(stem: str) -> None:
    assert person_of(f"{stem}.jpg") == stem
