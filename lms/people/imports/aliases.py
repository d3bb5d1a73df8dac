"""What HR systems call things in English, German, Spanish and French, without case, accents and signs."""

HEADERS: dict[str, tuple[str, ...]] = {
    "external_id": (
        "employee id", "worker id", "person id", "personnel number", "employee number", "emplid",
        "staff id", "university id", "id number", "external id", "personalnummer", "mitarbeiternummer",
        "personal-nr", "numero de empleado", "id de empleado", "matricule", "numero d'employe",
        "identifiant", "id",
    ),
    "email": (
        "work email", "primary work email", "email - primary work", "email address", "e-mail address",
        "email", "e-mail", "mail", "university email", "dienstliche e-mail", "e-mail-adresse",
        "correo electronico", "correo", "adresse e-mail", "adresse electronique", "courriel",
    ),
    "given_name": (
        "legal first name", "first name", "given name", "forename", "firstname", "vorname", "nombre",
        "prenom",
    ),
    "family_name": (
        "legal last name", "last name", "family name", "surname", "lastname", "nachname", "familienname",
        "apellidos", "apellido", "nom de famille", "nom",
    ),
    "preferred_name": (
        "preferred name", "preferred first name", "known as", "nickname", "rufname", "nombre preferido",
        "prenom usuel", "prenom d'usage",
    ),
    "department_code": (
        "cost center id", "cost centre id", "department id", "department code", "dept id", "dept code",
        "deptid", "org unit id", "organization id", "organisation id", "cost center", "cost centre",
        "kostenstelle", "abteilungskurzel", "codigo de departamento", "centro de coste",
        "code departement", "centre de cout", "code service",
    ),
    "department_name": (
        "organization", "organisation", "supervisory organization", "department name", "department",
        "dept", "org unit", "unit", "school", "faculty name", "abteilung", "einrichtung", "fachbereich",
        "organisationseinheit", "departamento", "unidad", "departement", "service", "composante",
    ),
    "kind": (
        "worker type", "employee type", "person type", "affiliation", "primary affiliation",
        "employee class", "category", "type", "mitarbeitertyp", "personengruppe", "beschaftigungsart",
        "tipo de empleado", "tipo de trabajador", "tipo", "type d'employe", "categorie", "statut",
    ),
    "title": (
        "business title", "job title", "position title", "title", "position", "job",
        "stellenbezeichnung", "funktion", "puesto", "cargo", "intitule de poste", "poste", "fonction",
    ),
    "manager": (
        "manager id", "manager employee id", "supervisor id", "reports to id", "manager", "supervisor",
        "reports to", "manager email", "supervisor email", "vorgesetzter", "vorgesetzte id",
        "fuhrungskraft", "responsable", "id de responsable", "supervisor id", "superieur",
        "manager matricule",
    ),
    "starts_on": (
        "hire date", "start date", "original hire date", "date of hire", "joining date", "date joined",
        "joined", "eintrittsdatum", "eintritt", "fecha de contratacion", "fecha de alta",
        "fecha de inicio", "date d'embauche", "date d'entree", "date de debut",
    ),
    "ends_on": (
        "termination date", "end date", "last day", "leaving date", "contract end date", "expiry date",
        "austrittsdatum", "austritt", "fecha de baja", "fecha de fin", "date de sortie", "date de fin",
        "date de depart",
    ),
    "leave_starts_on": (
        "leave start", "leave start date", "first day of leave", "leave from", "beurlaubt ab",
        "beurlaubung von", "inicio de permiso", "inicio de licencia", "debut de conge",
    ),
    "leave_ends_on": (
        "leave end", "leave end date", "last day of leave", "estimated last day of leave", "leave to",
        "beurlaubt bis", "beurlaubung bis", "fin de permiso", "fin de licencia", "fin de conge",
    ),
    "fte_percent": (
        "fte %", "fte", "fte percent", "scheduled fte", "working time", "beschaftigungsgrad",
        "arbeitszeit", "jornada", "porcentaje de jornada", "quotite", "temps de travail",
    ),
}  # fmt: skip

KINDS: dict[str, tuple[str, ...]] = {
    "staff": (
        "staff", "employee", "regular", "administrative", "admin staff", "professional staff",
        "support staff", "mitarbeiter", "mitarbeitende", "verwaltung", "personal", "pas", "empleado",
        "administrativo", "personnel", "biatss", "employe",
    ),
    "faculty": (
        "faculty", "academic", "academic staff", "professor", "lecturer", "instructor", "teacher",
        "professoren", "wissenschaftliches personal", "lehrkraft", "dozent", "profesor", "docente",
        "pdi", "enseignant", "enseignant-chercheur", "professeur",
    ),
    "student": (
        "student", "undergraduate", "graduate student", "studierende", "estudiante", "alumno",
        "etudiant",
    ),
    "student_worker": (
        "student worker", "student employee", "graduate assistant", "teaching assistant", "work study",
        "studentische hilfskraft", "wissenschaftliche hilfskraft", "hilfskraft", "becario",
        "etudiant salarie", "vacataire etudiant",
    ),
    "contractor": (
        "contractor", "contingent worker", "contingent", "vendor", "consultant", "temporary worker",
        "agency", "freiberufler", "externe", "leiharbeiter", "contratista", "externo", "prestataire",
        "sous-traitant",
    ),
    "affiliate": (
        "affiliate", "sponsored", "sponsored affiliate", "visitor", "visiting scholar", "volunteer",
        "guest", "gast", "gastwissenschaftler", "ehrenamtlich", "afiliado", "visitante", "voluntario",
        "invite", "benevole",
    ),
    "retiree": (
        "retiree", "retired", "emeritus", "emerita", "pensioner", "rentner", "pensionar", "emeritiert",
        "jubilado", "emerito", "retraite", "emerite",
    ),
}  # fmt: skip
