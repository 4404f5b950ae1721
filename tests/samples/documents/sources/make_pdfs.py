"""Makes the PDF files of this folder that no office program makes (reportlab, Pillow, pikepdf).

zeilenweise.pdf: two columns that are drawn line by line across the page, as some programs do.
quer.pdf: a page whose text is turned by a quarter, with a stamp in a margin and a watermark.
eingescannt.pdf: a page that is only an image. gemischt.pdf: that page between two with text.
gestempelt.pdf: two pages that are images with the same line of text on each.
karten.pdf: pages that differ in a number only.
ligaturen.pdf: letters as TeX sets them: ligatures, and dots before the letter of an umlaut.
verschluesselt.pdf: needs a password to be opened. ohne_leserecht.pdf: opens without one.
"""

import io
from pathlib import Path

import pikepdf
from PIL import Image, ImageDraw
from reportlab.lib.pagesizes import A5
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

FOLDER = Path(__file__).resolve().parents[1]

LEFT = """Die Freiwillige Feuerwehr hat im
vergangenen Jahr neunundsech-
zig Einsätze gezählt. Meist ging
es um Äste auf der Fahrbahn, nur
neunmal brannte es. Der längste
Einsatz dauerte elf Stunden.""".split("\n")
RIGHT = """Im Mai bekommt die Wache ein
neues Löschfahrzeug. Es ersetzt
den Wagen, der seit einunddreißig
Jahren Dienst tut. Die Gemeinde
bezahlt die Hälfte, das Land den
Rest der Anschaffungskosten.""".split("\n")


def canvas(name: str, **properties: str) -> Canvas:
    made = Canvas(str(FOLDER / name), pagesize=A5, invariant=True)
    made.setTitle(properties.get("title", "untitled"))
    made.setAuthor(properties.get("author", "(anonymous)"))
    return made


def zeilenweise() -> None:
    made = canvas("zeilenweise.pdf", title="Microsoft Word - Dokument1", author="Admin")
    made.setFont("Helvetica-Bold", 18)
    made.drawString(40, 520, "Die Feuerwehr zieht Bilanz")
    made.setFont("Helvetica", 10)
    for number, (left, right) in enumerate(zip(LEFT, RIGHT, strict=True)):
        made.drawString(40, 490 - 13 * number, left)
        made.drawString(222, 490 - 13 * number, right)
    made.drawCentredString(210, 30, "- 1 -")
    made.save()


def quer() -> None:
    made = canvas("quer.pdf", title="fahrplan_2024_final")
    made.setFont("Helvetica", 8)
    made.drawString(40, 30, "Eingegangen am 3. April")
    made.saveState()
    made.translate(210, 200)
    made.rotate(45)
    made.setFont("Helvetica", 40)
    made.drawString(0, 0, "ENTWURF")
    made.restoreState()
    made.rotate(90)
    made.translate(0, -A5[0])
    made.setFont("Helvetica-Bold", 20)
    made.drawString(60, 350, "Der Bürgerbus fährt öfter")
    made.setFont("Helvetica", 11)
    made.drawString(60, 310, "Ab dem Sommer verbindet der Bürgerbus Dörfer und Bahnhof. Er")
    made.drawString(60, 296, "fährt werktags stündlich und hält auch am Friedhof.")
    made.save()


def scan() -> Image.Image:
    image = Image.new("1", (420, 595), 1)
    draw = ImageDraw.Draw(image)
    for line in range(12):
        draw.text((40, 40 + 20 * line), "Protokoll der Sitzung, von Hand", fill=0)
    return image


def eingescannt() -> None:
    scan().save(FOLDER / "eingescannt.pdf", resolution=72)


def gemischt() -> None:
    made = canvas("gemischt.pdf", title="Protokoll der Hauptversammlung", author="Nele Harms")
    image = io.BytesIO()
    scan().save(image, "PNG")
    made.setFont("Helvetica", 11)
    made.drawString(40, 500, "Die Versammlung wählte einen neuen Vorstand.")
    made.showPage()
    made.drawImage(ImageReader(image), 0, 0, *A5)
    made.showPage()
    made.setFont("Helvetica", 11)
    made.drawString(40, 500, "Der Kassenbericht wurde ohne Gegenstimme angenommen.")
    made.save()


def gestempelt() -> None:
    made = canvas("gestempelt.pdf")
    image = io.BytesIO()
    scan().save(image, "PNG")
    for _ in range(2):
        made.drawImage(ImageReader(image), 0, 0, *A5)
        made.setFont("Helvetica", 8)
        made.drawString(40, 20, "Digitalisiert im Stadtarchiv")
        made.showPage()
    made.save()


def karten() -> None:
    made = canvas("karten.pdf", title="Karten zum Fest")
    for number in (1, 2, 3):
        made.setFont("Helvetica", 12)
        made.drawString(40, 400, f"Eintritt zum Hafenfest, Platz {number}")
        made.showPage()
    made.save()


def ligaturen() -> None:
    pdfmetrics.registerFont(TTFont("DejaVu", "/usr/share/fonts/truetype/dejavu/DejaVuSerif.ttf"))
    made = canvas("ligaturen.pdf", title="Haushalt der Stadt")
    made.setFont("DejaVu", 11)
    made.drawString(40, 500, "Die \ufb01nanzielle Lage f¨ur die B¨urger ist gut. ¨Ubermut nicht.")
    made.save()


def encrypted() -> None:
    with pikepdf.open(FOLDER / "zeilenweise.pdf") as document:
        for name, password in (("verschluesselt.pdf", "geheim"), ("ohne_leserecht.pdf", "")):
            lock = pikepdf.Encryption(user=password, owner="besitzer", R=6)
            document.save(FOLDER / name, encryption=lock)


for make in (zeilenweise, quer, eingescannt, gemischt, gestempelt, karten, ligaturen, encrypted):
    make()
