"""Invented names: given and family names from many countries, combined at random but always the same way."""

GIVEN = """
Ada Amara Anouk Ayşe Beatriz Björn Bo Camille Chidi Chloé Daniel Dee Dilnoza Elif Emeka Esther Farid Fatima
Giulia Grace Hana Hiro Imani Ines Ivan Jamal Jana Jing Joana Jürgen Kamal Karin Kofi Lars Leila Lucía Magda
Malik Marek Mei Mila Nadia Ngozi Nils Noor Olu Omar Pavel Petra Priya Quentin Rania Ravi Rosa Samir Sanna
Sofia Tariq Tomás Uma Vera Wanjiru Wei Xenia Yara Yusuf Zeynep Zoltán
""".split()

FAMILY = """
Adeyemi Alvarez Andersen Bakker Banerjee Brandt Castro Čapek Chen Dahl Diallo Dubois Eriksen Farouk Fischer
Fontaine García Grant Haddad Hoffmann Horvat Ibrahim Ito Jansen Jovanović Kaya Keller Khan Kim Kowalski Lang
Larsen Lefèvre Lindqvist Lopes Mbeki Meyer Mori Moreau Müller Nakamura Nguyen Novák O’Neil Okafor Olsen Owusu
Park Pereira Petrova Popescu Rahman Rossi Sato Schäfer Silva Singh Sousa Svensson Tanaka Toth Vargas Vogel
Wagner Weber Wójcik Yılmaz Zhang
""".split()

TITLES = {
    "staff": ("Administrator", "Technician", "Accountant", "Project manager", "Librarian", "Lab manager"),
    "faculty": ("Professor", "Associate professor", "Assistant professor", "Lecturer", "Researcher"),
    "student_worker": ("Teaching assistant", "Lab assistant", "Library assistant"),
    "student": ("",),
    "contractor": ("Consultant", "Facilities contractor"),
    "affiliate": ("Visiting scholar",),
    "retiree": ("Professor emeritus",),
}
