"""The icons: drawn on a 24-unit grid with a round 1.75 stroke, inlined where they are used (no request, no font)."""

from __future__ import annotations

from typing import Final

CIRCLE: Final = '<circle cx="12" cy="12" r="9"/>'
DOCUMENT: Final = (
    '<path d="M14 3H7a2 2 0 0 0-2 2v14a2 2 0 0 0 2 2h10a2 2 0 0 0 2-2V8z"/><path d="M14 3v5h5"/>'
)
SHIELD: Final = '<path d="M12 3l7.5 2.8v5.4c0 4.6-3 8-7.5 9.8-4.5-1.8-7.5-5.2-7.5-9.8V5.8z"/>'
HEADS: Final = '<circle cx="9" cy="8" r="3.5"/><path d="M2.5 20c.4-3.6 3-5.5 6.5-5.5s6.1 1.9 6.5 5.5"/>'

ICONS: Final[dict[str, str]] = {
    "alert": CIRCLE + '<path d="M12 7.5v5.5"/><path d="M12 16.5h.01"/>',
    "alert-triangle": '<path d="M12 4L2.8 19.5h18.4z"/><path d="M12 10v4.5"/><path d="M12 17h.01"/>',
    "arrow-left": '<path d="M20 12H4.5"/><path d="M11 5l-7 7 7 7"/>',
    "arrow-right": '<path d="M4 12h15.5"/><path d="M13 5l7 7-7 7"/>',
    "award": '<circle cx="12" cy="9" r="6"/><path d="M8.5 14l-1.5 7 5-2.8 5 2.8-1.5-7"/>',
    "bell": '<path d="M6 16.5V11a6 6 0 0 1 12 0v5.5l1.5 1.5h-15z"/><path d="M10 21h4"/>',
    "book": '<path d="M12 6.5C10 5 7 4.5 3.5 4.5v13.5c3.5 0 6.5.5 8.5 2 2-1.5 5-2 8.5-2V4.5C17 4.5 14 5 12 6.5z"/>'
    '<path d="M12 6.5V20"/>',
    "building": '<path d="M3.5 9.5L12 4l8.5 5.5"/><path d="M3.5 20h17"/>'
    '<path d="M6 10v7M10 10v7M14 10v7M18 10v7"/>',
    "calendar": '<rect x="4" y="5" width="16" height="15.5" rx="2"/><path d="M4 10h16M8.5 3v4M15.5 3v4"/>',
    "chart": '<path d="M4 4v14a2 2 0 0 0 2 2h14"/><path d="M9 16v-4M13.5 16V7M18 16v-6.5"/>',
    "check": '<path d="M5 12.5l4.7 4.7L19.5 7"/>',
    "check-circle": CIRCLE + '<path d="M8 12.3l2.8 2.8L16 9.5"/>',
    "chevron-down": '<path d="M6 9.5l6 6 6-6"/>',
    "chevron-left": '<path d="M14.5 6l-6 6 6 6"/>',
    "chevron-right": '<path d="M9.5 6l6 6-6 6"/>',
    "chevron-up": '<path d="M6 14.5l6-6 6 6"/>',
    "circle": CIRCLE,
    "clipboard": '<rect x="5" y="5" width="14" height="16" rx="2"/><rect x="9" y="3" width="6" height="4" rx="1"/>'
    '<path d="M9 12h6M9 16h4"/>',
    "clock": CIRCLE + '<path d="M12 7v5.2l3.3 2"/>',
    "copy": '<rect x="8.5" y="8.5" width="12" height="12" rx="2"/>'
    '<path d="M15.5 8.5v-3a2 2 0 0 0-2-2h-8a2 2 0 0 0-2 2v8a2 2 0 0 0 2 2h3"/>',
    "dash": '<path d="M7 12h10"/>',
    "download": '<path d="M12 4v11"/><path d="M7 10.5l5 5 5-5"/><path d="M4 20h16"/>',
    "edit": '<path d="M4 20l1-4.5L16 4.5a2.1 2.1 0 0 1 3 0l.5.5a2.1 2.1 0 0 1 0 3L8.5 19z"/>'
    '<path d="M14 6.5l3.5 3.5"/>',
    "external": '<path d="M14 4h6v6"/><path d="M20 4l-9 9"/>'
    '<path d="M18 14v4a2 2 0 0 1-2 2H6a2 2 0 0 1-2-2V8a2 2 0 0 1 2-2h4"/>',
    "eye": '<path d="M2.5 12C4.7 8 8 6 12 6s7.3 2 9.5 6c-2.2 4-5.5 6-9.5 6s-7.3-2-9.5-6z"/>'
    '<circle cx="12" cy="12" r="2.8"/>',
    "file": DOCUMENT,
    "filter": '<path d="M4 6h16M7 12h10M10 18h4"/>',
    "flag": '<path d="M5.5 21V4"/><path d="M5.5 4.5h12l-2.5 4.3 2.5 4.2h-12"/>',
    "globe": CIRCLE + '<path d="M3 12h18"/><path d="M12 3c5 5 5 13 0 18-5-5-5-13 0-18z"/>',
    "help": CIRCLE + '<path d="M9.5 9.5a2.6 2.6 0 1 1 3.7 2.4c-.8.4-1.2.9-1.2 1.8"/><path d="M12 16.8h.01"/>',
    "home": '<path d="M4 10.8L12 4l8 6.8V19a1.5 1.5 0 0 1-1.5 1.5h-13A1.5 1.5 0 0 1 4 19z"/>'
    '<path d="M9.5 20.5V14h5v6.5"/>',
    "hourglass": '<path d="M6 3.5h12M6 20.5h12"/><path d="M7.5 3.5c0 4.5 2 6 4.5 8.5 2.5-2.5 4.5-4 4.5-8.5"/>'
    '<path d="M7.5 20.5c0-4.5 2-6 4.5-8.5 2.5 2.5 4.5 4 4.5 8.5"/>',
    "inbox": '<path d="M3.5 13.5L6 5.5h12l2.5 8v5a1.5 1.5 0 0 1-1.5 1.5H5a1.5 1.5 0 0 1-1.5-1.5z"/>'
    '<path d="M3.5 13.5H8l1.5 2.5h5l1.5-2.5h4.5"/>',
    "info": CIRCLE + '<path d="M12 11v5.5"/><path d="M12 7.5h.01"/>',
    "key": '<circle cx="8" cy="15.5" r="4.5"/><path d="M11.3 12.3L20 3.5M16 7.5l3 3"/>',
    "lock": '<rect x="5" y="10.5" width="14" height="10" rx="2"/><path d="M8 10.5V8a4 4 0 0 1 8 0v2.5"/>',
    "log-out": '<path d="M9.5 4H6a2 2 0 0 0-2 2v12a2 2 0 0 0 2 2h3.5"/><path d="M10 12h10"/>'
    '<path d="M16 8l4 4-4 4"/>',
    "mail": '<rect x="3" y="5" width="18" height="14" rx="2"/><path d="M3.5 7l8.5 6.5L20.5 7"/>',
    "menu": '<path d="M4 7h16M4 12h16M4 17h16"/>',
    "minus": CIRCLE + '<path d="M8 12h8"/>',
    "monitor": '<rect x="3" y="4.5" width="18" height="12" rx="2"/><path d="M9 20.5h6M12 16.5v4"/>',
    "moon": '<path d="M19.5 14.5A8 8 0 0 1 9.5 4.5a8 8 0 1 0 10 10z"/>',
    "more": '<circle cx="5.5" cy="12" r=".9"/><circle cx="12" cy="12" r=".9"/><circle cx="18.5" cy="12" r=".9"/>',
    "pause": CIRCLE + '<path d="M10 9v6M14 9v6"/>',
    "play": CIRCLE + '<path d="M10.3 8.5l5.2 3.5-5.2 3.5z"/>',
    "plus": '<path d="M12 5v14M5 12h14"/>',
    "printer": '<path d="M7 8.5V3.5h10v5"/>'
    '<path d="M7 17.5H5a2 2 0 0 1-2-2v-5a2 2 0 0 1 2-2h14a2 2 0 0 1 2 2v5a2 2 0 0 1-2 2h-2"/>'
    '<path d="M7 14h10v6.5H7z"/>',
    "refresh": '<path d="M20 11a8 8 0 0 0-14.3-4L4 9"/><path d="M4 4v5h5"/>'
    '<path d="M4 13a8 8 0 0 0 14.3 4L20 15"/><path d="M20 20v-5h-5"/>',
    "search": '<circle cx="11" cy="11" r="6.5"/><path d="M20 20l-4.3-4.3"/>',
    "send": '<path d="M20.5 3.5L10 14"/><path d="M20.5 3.5l-6.5 17-4-6.5-6.5-4z"/>',
    "settings": '<circle cx="12" cy="12" r="3"/>'
    '<path d="M12 3v3M12 18v3M3 12h3M18 12h3M5.6 5.6l2.1 2.1M16.3 16.3l2.1 2.1M5.6 18.4l2.1-2.1M16.3 7.7l2.1-2.1"/>',
    "shield": SHIELD,
    "shield-check": SHIELD + '<path d="M8.5 12l2.5 2.5 4.5-4.8"/>',
    "sliders": '<path d="M4 7h9M17 7h3M4 17h3M11 17h9"/><circle cx="15" cy="7" r="2"/>'
    '<circle cx="9" cy="17" r="2"/>',
    "sparkle": '<path d="M12 3.5l2 6.5 6.5 2-6.5 2-2 6.5-2-6.5-6.5-2 6.5-2z"/>',
    "sun": '<circle cx="12" cy="12" r="4"/>'
    '<path d="M12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2"/>'
    '<path d="M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M5.3 18.7l1.4-1.4M17.3 6.7l1.4-1.4"/>',
    "trash": '<path d="M4 6.5h16"/><path d="M9 6.5v-3h6v3"/><path d="M6 6.5l1 14h10l1-14"/>'
    '<path d="M10 10.5v6M14 10.5v6"/>',
    "upload": '<path d="M12 15.5V4.5"/><path d="M7 9.5l5-5 5 5"/><path d="M4 20h16"/>',
    "user": '<circle cx="12" cy="8" r="4"/><path d="M4.5 20.5c.5-4 3.5-6 7.5-6s7 2 7.5 6"/>',
    "user-plus": HEADS + '<path d="M18.5 8.5v6M15.5 11.5h6"/>',
    "users": HEADS + '<path d="M15.5 4.8a3.5 3.5 0 0 1 0 6.4"/><path d="M17.8 14.9c2.2.7 3.5 2.5 3.7 5.1"/>',
    "x": '<path d="M6 6l12 12M18 6L6 18"/>',
    "x-circle": CIRCLE + '<path d="M9 9l6 6M15 9l-6 6"/>',
}
