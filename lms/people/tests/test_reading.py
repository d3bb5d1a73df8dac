"""From bytes to cells and columns: everything a file can be, without a database."""

import pytest

from lms.people.imports import decode, dialect, mapping
from lms.people.imports.decode import NotReadable
from lms.people.imports.mapping import Layout

LAYOUT = Layout(columns={})
TEXT = "Employee ID;Last name;E-mail\n1;Müller;m@uni.example\n"


@pytest.mark.parametrize(
    ("content", "encoding", "is_guess"),
    [
        (TEXT.encode(), "utf-8", False),
        (b"\xef\xbb\xbf" + TEXT.encode(), "utf-8", False),
        (b"\xff\xfe" + TEXT.encode("utf-16-le"), "utf-16-le", False),
        (b"\xfe\xff" + TEXT.encode("utf-16-be"), "utf-16-be", False),
        (TEXT.encode("utf-16-le"), "utf-16-le", True),
        (TEXT.encode("utf-16-be"), "utf-16-be", True),
        (TEXT.encode("cp1252"), "cp1252", True),
    ],
)
def test_the_encoding_is_found_and_a_guess_is_called_one(content, encoding, is_guess) -> None:
    decoded = decode.decode(content)
    assert (decoded.text, decoded.encoding, decoded.is_guess) == (TEXT, encoding, is_guess)


def test_a_chosen_encoding_is_used() -> None:
    assert decode.decode("Łukasz".encode("cp1250"), "cp1250").text == "Łukasz"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf\r\n  ", "empty"),
        (b"PK\x03\x04rest", "Excel workbook or a zip"),
        (b"\xd0\xcf\x11\xe0rest", "old Excel"),
        (b"%PDF-1.7", "PDF"),
        (b"\x1f\x8b\x08", "compressed"),
        (b"\xef\xbb\xbf<!DOCTYPE html><html>", "web page"),
        (bytes(range(1, 32)) * 20, "not a text file"),
        (b"a,b\n\x81\x8d\n", "line 2 cannot be read"),
        (b"x" * 20_000_001, "larger than 20 MB"),
    ],
)
def test_what_is_not_text_is_refused_with_a_sentence(content, words) -> None:
    with pytest.raises(NotReadable) as caught:
        decode.decode(content)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("a,b,c\n1,2,3\n", ","),
        ("a;b;c\n1,5;2;3\n", ";"),
        ("a\tb\tc\n1\t2, 3\t4\n", "\t"),
        ("a|b|c\n1|2|3\n", "|"),
        ('"Name, full";Mail\n"x, y";z\n', ";"),
        ("sep=;\na;b\n1;2\n", ";"),
        ("only\none\n", ","),
    ],
)
def test_the_separator_is_found(text, delimiter) -> None:
    assert dialect.sniff(text) == delimiter


def read(text: str, delimiter: str = ",") -> list[dialect.Record]:
    return list(dialect.records(text, delimiter))


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_line_end_is_one_line(end) -> None:
    found = read(end.join(["a,b", "1,2", "", "3,4"]))
    assert [(one.line, one.cells) for one in found] == [(1, ["a", "b"]), (2, ["1", "2"]), (4, ["3", "4"])]


def test_the_line_number_is_that_of_the_file_also_after_a_value_over_two_lines() -> None:
    found = read('a,b\n1,"two\nlines"\n3,4\n')
    assert [(one.line, one.cells) for one in found[1:]] == [(2, ["1", "two\nlines"]), (4, ["3", "4"])]


@pytest.mark.parametrize(
    "text",
    [
        'a,b\n1,"open\n3,4\n5,6\n',
        'a,b\n1,"open\n3,4\n5,"closed"\n7,8\n',
        'a,b\n1,"open\n' + "3,4\n" * 200,
    ],
)
def test_an_open_quotation_mark_costs_its_own_line_only(text) -> None:
    found = read(text)
    assert found[1].problem is not None
    assert (found[1].line, found[1].problem.code) == (2, "open_quote")
    assert found[2].cells == ["3", "4"]
    assert found[2].line == 3


def test_every_line_with_an_open_quotation_mark_is_read_in_reasonable_time() -> None:
    found = read("a,b\n" + '1,"open\n' * 5000)
    assert len(found) == 5001


def test_an_endless_line_is_named_and_the_next_one_read() -> None:
    found = read("a,b\n" + "x" * 10_000_000 + ",2\n3,4\n")
    assert found[1].problem is not None
    assert (found[1].line, found[1].problem.code) == (2, "long_line")
    assert found[2].cells == ["3", "4"]


def test_a_quotation_mark_within_a_word_is_only_a_sign() -> None:
    assert read('a,b\n5" pipe,2\n')[1].cells == ['5" pipe', "2"]


def test_columns_of_one_name_are_told_apart_and_reported() -> None:
    header = dialect.header_of(dialect.Record(1, ["Mail", "Name", "Mail", "", ""]))
    assert header.names == ["Mail", "Name", "Mail (2)"]
    assert header.repeated == ["Mail"]


def test_columns_without_a_name_between_others_get_one() -> None:
    assert dialect.header_of(dialect.Record(1, ["Mail", "", "Name"])).names == ["Mail", "Column 2", "Name"]


@pytest.mark.parametrize(
    ("found", "words"),
    [([f"c{n}" for n in range(300)], "300 columns"), (["1", "ana@uni.example"], "already holds an address")],
)
def test_what_cannot_be_a_header_is_refused(found, words) -> None:
    with pytest.raises(NotReadable) as caught:
        dialect.header_of(dialect.Record(1, found))
    assert words in str(caught.value)


@pytest.mark.parametrize(
    "header",
    [
        "Employee ID,Legal First Name,Legal Last Name,Work Email,Cost Center ID,Worker Type,Manager ID,Hire Date",
        "EMPLID,FIRST NAME,LAST NAME,EMAIL ADDRESS,DEPTID,EMPLOYEE CLASS,SUPERVISOR ID,START DATE",
        "Personalnummer,Vorname,Nachname,E-Mail-Adresse,Kostenstelle,Personengruppe,Führungskraft,Eintrittsdatum",
        "Número de empleado,Nombre,Apellidos,Correo electrónico,Centro de coste,Tipo,Responsable,Fecha de alta",
        "Matricule,Prénom,Nom,Courriel,Code service,Statut,Supérieur,Date d’entrée",
    ],
)
def test_columns_are_recognised_in_four_languages(header) -> None:
    columns = mapping.guess_columns(header.split(","))
    wanted = [
        "external_id",
        "given_name",
        "family_name",
        "email",
        "department_code",
        "kind",
        "manager",
        "starts_on",
    ]
    assert columns == {name: index for index, name in enumerate(wanted)}


def test_the_surer_name_wins_and_a_column_is_used_once() -> None:
    columns = mapping.guess_columns(["ID", "Mail", "Employee ID", "Work Email"])
    assert columns == {"external_id": 2, "email": 3}


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("Staff", "staff"),
        ("STUDENT WORKER", "student_worker"),
        ("Contingent Worker", "contractor"),
        ("Studentische Hilfskraft", "student_worker"),
        ("Enseignant-chercheur", "faculty"),
        ("Jubilado", "retiree"),
        ("Wizard", ""),
    ],
)
def test_worker_types_are_recognised(said, kind) -> None:
    assert mapping.kind_of(said, LAYOUT) == kind


def test_a_person_may_say_what_a_worker_type_means() -> None:
    explained = Layout(columns={}, kinds={"wizard": "faculty"})
    assert mapping.kind_of("Wizard", explained) == "faculty"
    assert mapping.unknown_kinds(["Staff", "Wizard", "wizard ", "Elf"]) == ["Wizard", "Elf"]


@pytest.mark.parametrize(
    ("dates", "order", "is_certain"),
    [
        (["2026-01-02"], "day", True),
        (["03/04/2026"], "day", False),
        (["03/04/2026", "25/04/2026"], "day", True),
        (["03/04/2026", "04/25/2026"], "month", True),
        (["3.4.2026"], "day", True),
    ],
)
def test_the_order_in_dates_is_proved_or_asked_for(dates, order, is_certain) -> None:
    assert mapping.date_order(dates) == (order, is_certain)
