"""Names that no university may take, and names that only their owner may take."""

import codecs

# One subject per line, so that a missing name is easy to see.
RESERVED: frozenset[str] = frozenset(
    """
    www app api admin administrator operator operators ops staff support help helpdesk docs status blog news
    mail smtp imap pop pop3 mx webmail ns1 ns2 ns3 ns4 ns5 ns6 ns7 ns8 ns9 dns ftp sftp ssh vpn proxy gateway
    cdn static media assets files content user-content usercontent uploads download downloads images
    auth login logout signin sign-in signup sign-up register sso saml oidc oauth account accounts password
    billing pay payment payments invoice stripe webhook webhooks hooks
    git ci dev test tests testing staging stage demo sandbox beta alpha preview internal intranet
    root system security abuse postmaster hostmaster webmaster info noreply no-reply mailer-daemon
    autodiscover autoconfig wpad isatap localhost localdomain broadcasthost
    public pg postgres postgresql information-schema template tenant tenants schema default
    null undefined none true false nan verify certificate certificates trust legal privacy terms
    jobs about contact home index
    metrics health healthz livez readyz ready grafana prometheus sentry redis db database celery worker
    k8s kubernetes traefik ingress nginx letsencrypt acme well-known mailbox
    edu university universities college campus academy school department faculty student students people
    duly duly-app get-duly dulyapp
    """.split()
)

# A name that everybody takes for one university goes live only with an address of that university.
WELL_KNOWN: dict[str, tuple[str, ...]] = {
    "harvard": ("harvard.edu",),
    "stanford": ("stanford.edu",),
    "mit": ("mit.edu",),
    "caltech": ("caltech.edu",),
    "berkeley": ("berkeley.edu",),
    "ucla": ("ucla.edu",),
    "yale": ("yale.edu",),
    "princeton": ("princeton.edu",),
    "columbia": ("columbia.edu",),
    "cornell": ("cornell.edu",),
    "upenn": ("upenn.edu",),
    "brown": ("brown.edu",),
    "dartmouth": ("dartmouth.edu",),
    "duke": ("duke.edu",),
    "nyu": ("nyu.edu",),
    "umich": ("umich.edu",),
    "utexas": ("utexas.edu",),
    "jhu": ("jhu.edu", "jh.edu"),
    "cmu": ("cmu.edu",),
    "oxford": ("ox.ac.uk",),
    "cambridge": ("cam.ac.uk",),
    "imperial": ("imperial.ac.uk", "ic.ac.uk"),
    "ucl": ("ucl.ac.uk",),
    "lse": ("lse.ac.uk",),
    "edinburgh": ("ed.ac.uk",),
    "manchester": ("manchester.ac.uk",),
    "toronto": ("utoronto.ca",),
    "mcgill": ("mcgill.ca",),
    "ubc": ("ubc.ca",),
    "ethz": ("ethz.ch",),
    "epfl": ("epfl.ch",),
    "tum": ("tum.de",),
    "lmu": ("lmu.de", "lmu-muenchen.de"),
    "heidelberg": ("uni-heidelberg.de",),
    "sorbonne": ("sorbonne-universite.fr",),
    "kth": ("kth.se",),
    "melbourne": ("unimelb.edu.au",),
    "sydney": ("sydney.edu.au",),
    "anu": ("anu.edu.au",),
    "tsinghua": ("tsinghua.edu.cn",),
    "tokyo": ("u-tokyo.ac.jp",),
}

# Whole words only ("scunthorpe" and "essex" are places). Rotated so that nobody reads them by accident.
_OFFENSIVE_ROT13 = (
    "nahf nefr nefrubyr nff nffubyr onfgneq ovgpu ohyyfuvg pbpx phag qvpx snt snttbg shpx shpxre "
    "uvgyre xvxr anmv avttn avttre cbea cbeab chffl encr encvfg encr fuvg fyhg gjng jnaxre juber"
)
OFFENSIVE: frozenset[str] = frozenset(codecs.decode(_OFFENSIVE_ROT13, "rot13").split())
