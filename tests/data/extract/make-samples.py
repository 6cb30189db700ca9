#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes sample.pdf, sample.docx and sample.odt next to itself. The files are committed; run this after a
change. Everything is made from the standard library, so that what is in them is known."""

import hashlib
import pathlib
import zipfile

HERE = pathlib.Path(__file__).parent
WHEN = (2024, 1, 1, 0, 0, 0)


def pdf_string(text):
    return "(" + text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)") + ")"


def pdf_page(lines):
    body = "BT /F1 12 Tf 72 760 Td 16 TL\n"
    for line in lines:
        body += f"{pdf_string(line)} Tj T*\n"
    return body + "ET"


def make_pdf():
    pages = [
        ["Tide Tables", "", "Spring tides rise 4.2 metres at Port Erin (Doe, 2019).",
         "See the harbour office for notices."],
        ["Neap Tides", "", "Neap tides rise 1.1 metres, see https://tides.example/neap.",
         "The data set is 10.1234/tides.2020."],
    ]
    objects = {
        1: "<</Type/Catalog/Pages 2 0 R/Outlines 8 0 R>>",
        2: "<</Type/Pages/Kids[3 0 R 4 0 R]/Count 2>>",
        3: "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 5 0 R"
           "/Resources<</Font<</F1 7 0 R>>>>/Annots[11 0 R]>>",
        4: "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 6 0 R/Resources<</Font<</F1 7 0 R>>>>>>",
        7: "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
        8: "<</Type/Outlines/First 9 0 R/Last 10 0 R/Count 2>>",
        9: "<</Title(Tide Tables)/Parent 8 0 R/Next 10 0 R/Dest[3 0 R/Fit]>>",
        10: "<</Title(Neap Tides)/Parent 8 0 R/Prev 9 0 R/Dest[4 0 R/Fit]>>",
        11: "<</Type/Annot/Subtype/Link/Rect[90 708 190 724]/Border[0 0 0]"
            "/A<</S/URI/URI(https://harbour.example/)>>>>",
        12: "<</Title(Tides of the Irish Sea)>>",
    }
    for number, lines in ((5, pages[0]), (6, pages[1])):
        content = pdf_page(lines)
        objects[number] = f"<</Length {len(content)}>>\nstream\n{content}\nendstream"
    out, offsets = b"%PDF-1.4\n", {}
    for number in sorted(objects):
        offsets[number] = len(out)
        out += f"{number} 0 obj\n{objects[number]}\nendobj\n".encode("latin-1")
    xref = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    for number in sorted(objects):
        out += f"{offsets[number]:010} 00000 n \n".encode()
    out += f"trailer\n<</Root 1 0 R/Info 12 0 R/Size {len(objects) + 1}>>\nstartxref\n{xref}\n%%EOF\n".encode()
    (HERE / "sample.pdf").write_bytes(out)


PAD = bytes.fromhex("28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A")


def rc4(key, data):
    state, j, out = list(range(256)), 0, bytearray()
    for i in range(256):
        j = (j + state[i] + key[i % len(key)]) % 256
        state[i], state[j] = state[j], state[i]
    i = j = 0
    for byte in data:
        i = (i + 1) % 256
        j = (j + state[i]) % 256
        state[i], state[j] = state[j], state[i]
        out.append(byte ^ state[(state[i] + state[j]) % 256])
    return bytes(out)


def make_encrypted_pdf():
    """Of the oldest kind (40-bit RC4), with the password "secret"."""
    password = (b"secret" + PAD)[:32]
    owner = rc4(hashlib.md5(password).digest()[:5], password)
    file_id = b"0123456789abcdef"
    key = hashlib.md5(password + owner + (-4 & 0xFFFFFFFF).to_bytes(4, "little") + file_id).digest()[:5]
    user = rc4(key, PAD)
    out = ("%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
           "2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
           "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]>>endobj\n"
           f"4 0 obj<</Filter/Standard/V 1/R 2/P -4/O<{owner.hex()}>/U<{user.hex()}>>>endobj\n"
           f"trailer<</Root 1 0 R/Size 5/Encrypt 4 0 R/ID[<{file_id.hex()}><{file_id.hex()}>]>>\n"
           "startxref\n0\n%%EOF\n")
    (HERE / "encrypted.pdf").write_bytes(out.encode())


def write_zip(name, entries):
    with zipfile.ZipFile(HERE / name, "w") as archive:
        for entry, text in entries:
            info = zipfile.ZipInfo(entry, WHEN)
            info.compress_type = zipfile.ZIP_STORED if entry == "mimetype" else zipfile.ZIP_DEFLATED
            archive.writestr(info, text)


W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'


def para(text, style="", number=None, level=0):
    props = f'<w:pStyle w:val="{style}"/>' if style else ""
    if number is not None:
        props += f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>'
    return f"<w:p><w:pPr>{props}</w:pPr><w:r><w:t xml:space=\"preserve\">{text}</w:t></w:r></w:p>"


def row(*cells):
    return "<w:tr>" + "".join(f"<w:tc>{para(cell)}</w:tc>" for cell in cells) + "</w:tr>"


def make_docx():
    body = (
        para("Boat Maintenance", "Titel")
        + para("Painting", "berschrift1")
        + "<w:p><w:r><w:t>Order paint from </w:t></w:r><w:hyperlink r:id=\"rId7\"><w:r><w:t>the "
          "chandlery</w:t></w:r></w:hyperlink><w:r><w:t xml:space=\"preserve\"> in "
          "Douglas.</w:t></w:r><w:del><w:r><w:delText>struck</w:delText></w:r></w:del></w:p>"
        + para("Sand the hull", number=3) + para("Clean it", number=3)
        + para("with water", number=3, level=1) + para("Paint it", number=3)
        + "<w:tbl>" + row("Part", "Litres") + row("Hull", "5") + row("Deck", "2,5") + "</w:tbl>"
        + para("def coats(area):", "Quelltext") + para("    return area / 8", "Quelltext")
        + para("Rigging", "berschrift1")
        + para("Grease the shackles", number=4) + para("Check the pins", number=4))
    write_zip("sample.docx", [
        ("[Content_Types].xml",
         '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
         '<Default Extension="xml" ContentType="application/xml"/></Types>'),
        ("word/document.xml", f'<?xml version="1.0" encoding="UTF-8"?><w:document {W} {R}><w:body>{body}'
                              "</w:body></w:document>"),
        ("word/_rels/document.xml.rels",
         '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
         '<Relationship Id="rId7" Target="https://chandlery.example/paint" TargetMode="External"/>'
         "</Relationships>"),
        ("word/styles.xml",
         f'<w:styles {W}><w:style w:styleId="Titel"><w:name w:val="Title"/></w:style>'
         '<w:style w:styleId="berschrift1"><w:name w:val="heading 1"/></w:style>'
         '<w:style w:styleId="Quelltext"><w:name w:val="Source Code"/></w:style></w:styles>'),
        ("word/numbering.xml",
         f'<w:numbering {W}><w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0"><w:numFmt '
         'w:val="decimal"/></w:lvl><w:lvl w:ilvl="1"><w:numFmt w:val="lowerLetter"/></w:lvl></w:abstractNum>'
         '<w:abstractNum w:abstractNumId="2"><w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/></w:lvl>'
         '</w:abstractNum><w:num w:numId="3"><w:abstractNumId w:val="1"/></w:num>'
         '<w:num w:numId="4"><w:abstractNumId w:val="2"/></w:num></w:numbering>'),
        ("docProps/core.xml",
         '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/'
         'core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>Boat Maintenance '
         "Handbook</dc:title></cp:coreProperties>"),
    ])


NS = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{prefix}:1.0"'
    for prefix in ("office", "text", "table", "style")) + ' xmlns:xlink="http://www.w3.org/1999/xlink"'


def cell(text):
    return f"<table:table-cell><text:p>{text}</text:p></table:table-cell>"


def make_odt():
    steps = "".join(f"<text:list-item><text:p>{step}</text:p></text:list-item>"
                    for step in ("Fill the kettle", "Boil it", "Wait four minutes"))
    loose = "<text:list-item><text:p>Loose leaf</text:p></text:list-item>"
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {NS}><office:automatic-styles>'
        '<text:list-style style:name="L1"><text:list-level-style-number text:level="1" '
        'style:num-format="1"/></text:list-style><text:list-style style:name="L2">'
        '<text:list-level-style-bullet text:level="1"/></text:list-style>'
        '<style:style style:name="P1" style:parent-style-name="Preformatted_20_Text"/>'
        "</office:automatic-styles><office:body><office:text>"
        '<text:h text:outline-level="1">Brewing Tea</text:h>'
        '<text:p>Read <text:a xlink:href="https://tea.example/">the leaflet</text:a> first<text:s '
        'text:c="3"/>of all.<office:annotation><text:p>remark</text:p></office:annotation></text:p>'
        f'<text:list text:style-name="L1">{steps}</text:list>'
        f'<text:list text:style-name="L2">{loose}{loose}</text:list>'
        f'<table:table table:name="T"><table:table-row>{cell("Tea")}{cell("Minutes")}</table:table-row>'
        f'<table:table-row>{cell("Assam")}{cell("4")}</table:table-row>'
        f'<table:table-row>{cell("Sencha")}{cell("2")}</table:table-row></table:table>'
        '<text:h text:outline-level="2">Timer</text:h>'
        '<text:p text:style-name="P1">sleep 240</text:p><text:p text:style-name="P1">bell</text:p>'
        "<text:p>Done.</text:p></office:text></office:body></office:document-content>")
    write_zip("sample.odt", [
        ("mimetype", "application/vnd.oasis.opendocument.text"),
        ("content.xml", content),
        ("meta.xml",
         f'<office:document-meta {NS} xmlns:dc="http://purl.org/dc/elements/1.1/"><office:meta>'
         "<dc:title>Tea for Two</dc:title></office:meta></office:document-meta>"),
    ])


if __name__ == "__main__":
    make_pdf()
    make_encrypted_pdf()
    make_docx()
    make_odt()
