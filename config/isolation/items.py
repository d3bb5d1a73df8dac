"""What the isolation suite consists of, and which of its figures may be nothing but zero. Data only."""

ITEMS: dict[str, str] = {
    "I1": "Every address, asked by every role from every side",
    "I2": "Words of one tenant in anything another one is given",
    "I3": "Every model through every door of the database",
    "I4": "Ids, filters, orders and hidden fields replaced by another tenant's, and by nonsense",
    "I5": "Host names that lie",
    "I6": "Cookies that a neighbour sets",
    "I7": "Forms posted from another tenant's page",
    "I8": "Answers that a cache could give to the wrong person",
    "I9": "Tasks of many tenants on shared workers",
    "I10": "Threads of one process serving many tenants",
    "I11": "Files, asked for by those they do not belong to",
    "I12": "Signed links, codes and tokens taken to another tenant",
    "I14": "The database asked to look elsewhere",
    "I15": "Operators without a grant, and with one",
    "I16": "Export, restore, move and deletion beside a neighbour",
    "I17": "Addresses that were given up, renamed or taken over",
    "I18": "Errors, logs and reports that could tell of others",
    "I19": "The nightly audit, with every fault planted",
    "I20": "Guards and scopes broken one at a time: does a test notice?",
}

# A figure of one of these names that is not zero is a fault, whatever the tests themselves concluded.
MUST_BE_ZERO = frozenset(
    {
        "accepted",
        "allowed",
        "failed",
        "foreign",
        "hits",
        "headerless_run",
        "not_canonical",
        "publicly_cached",
        "server_errors",
        "unexpected",
        "unlisted",
        "unnoticed",
        "violations",
        "wrong_schema",
    }
)

# How `make isolation` tells its test processes where to leave what they counted, and which items are wanted.
FOLDER_VARIABLE = "DULY_SCORECARD"
ITEMS_VARIABLE = "DULY_ISOLATION_ITEMS"
