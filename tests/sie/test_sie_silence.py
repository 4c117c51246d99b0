"""What a document holds where the file says nothing."""

from __future__ import annotations

from dataclasses import asdict, fields

from bridge.sie import Account, Balances, Counts, Dimension, Encoding, Header, parse


def test_an_empty_file_has_a_document_of_nothing() -> None:
    document, parts = parse(b"")
    assert parts == []
    assert asdict(document.counts) == {each.name: 0 for each in fields(Counts)} == asdict(Counts())
    assert (document.years, document.accounts, document.dimensions, document.objects) == ({}, {}, {}, {})
    assert len(document.balances) == 0
    assert [each.code for each in document.findings] == ["file-not-sie"]


def test_the_header_says_nothing_by_itself() -> None:
    header = asdict(Header())
    assert {name for name, value in header.items() if value is None} == {"flag", "generated", "through"}
    assert {name for name, value in header.items() if value == ()} == {"comments", "address"}
    assert header["type"] == 1
    others = header.keys() - {"flag", "generated", "through", "comments", "address", "type"}
    assert {header[name] for name in others} == {""}
    assert parse(b"#FLAGGA 0\n")[0].header == Header(flag=0)


def test_an_account_a_dimension_and_an_encoding_have_a_name_alone() -> None:
    assert asdict(Account("Bank")) == {"name": "Bank", "type": "", "unit": "", "sru": ()}
    assert asdict(Dimension("Projekt")) == {"name": "Projekt", "above": ""}
    assert (Encoding().name, Encoding().bom, Encoding().guessed) == ("ascii", False, 0)


def test_balances_of_another_year_or_kind_are_not_counted() -> None:
    document, _ = parse(b"#FLAGGA 0\n#IB 0 1930 1\n#IB 0 1930 2\n#IB -1 1930 4\n#UB 0 1930 8\n#IB 0 1510 16\n")
    assert document.balances.of("#IB", 0) == {"1930": 300, "1510": 1600}
    assert document.balances.of("#IB", -1) == {"1930": 400}
    assert document.balances.of("#RES", 0) == {}
    assert [each.label for each in document.balances] == ["#IB", "#IB", "#IB", "#UB", "#IB"]
    assert [(each.objects, each.period, each.quantity) for each in document.balances] == [((), 0, "")] * 5
    assert Balances() == Balances()


def test_how_a_file_was_written_does_not_make_it_other_books() -> None:
    one, other = parse(b"#FLAGGA 0\n#FNAMN X\n")[0], parse(b"#FLAGGA 1\r\n#FORMAT PC8\r\n#FNAMN X\r\n\r\n")[0]
    assert one == other
    assert one.counts != other.counts
    assert one.findings != other.findings
    assert one != parse(b"#FLAGGA 0\n#FNAMN Y\n")[0]


def test_neither_a_checksum_nor_the_encoding_makes_other_books() -> None:
    plain = "#FLAGGA 0\n#FNAMN Åkeri\n"
    one = parse(plain.encode("cp437"))[0]
    for other in (plain.encode(), plain.replace("0\n", "0\n#KSUMMA\n").encode("cp437") + b"#KSUMMA 1\n"):
        again = parse(other)[0]
        assert again == one
        assert (again.encoding, again.checksum) != (one.encoding, one.checksum)


def test_vouchers_do_not_make_other_documents() -> None:
    begin = b"#FLAGGA 0\n#VER A 1 20250101\n{\n#TRANS 1930 "
    one, other = (parse(begin + objects + b" 0\n}\n")[0] for objects in (b"{}", b"{6 P}"))
    assert one.dimension_sizes != other.dimension_sizes
    assert one == other


def test_digits_of_other_scripts_are_no_account_number() -> None:
    for account in ("\u0661\u0662", "19a"):
        lines = f'#FLAGGA 0\n#KONTO {account} "Åkeri"\n#KONTO 19 x\n#VER A 1 20250101\n{{\n#TRANS \u0663 {{}} 0\n}}\n'
        found = [each for each in parse(lines.encode())[0].findings if each.code == "account-not-numeric"]
        assert [each.place and each.place.line for each in found] == [2, 6]


def test_a_year_that_is_not_declared_is_told_once() -> None:
    lines = b"#FLAGGA 0\n#UB -2 1930 1\n#PSALDO -2 202301 1930 {} 1\n#PSALDO -3 202201 1930 {} 1\n"
    found = [each for each in parse(lines)[0].findings if each.code == "year-undeclared"]
    assert [(each.place and each.place.line, each.params["year"]) for each in found] == [(2, -2), (4, -3)]
