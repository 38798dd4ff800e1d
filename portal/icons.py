"""The few pictures of the public pages, as paths on a grid of 24, drawn as lines."""

ICONS = {
    "phone": "M6 3h3l2 5-2.5 1.8a12 12 0 0 0 5.7 5.7L16 13l5 2v3a3 3 0 0 1-3 3"
    "A15 15 0 0 1 3 6a3 3 0 0 1 3-3z",
    "mail": "M3 5h18v14H3zM3 6.5l9 6.5 9-6.5",
    "place": "M12 21s-7-6.2-7-11.5a7 7 0 0 1 14 0C19 14.8 12 21 12 21z"
    "M12 12a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z",
    "clock": "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7v5.5l3.5 2",
    "card": "M4 5h16v14H4zM8 15h8M8 11h3",
    "print": "M7 8V3h10v5M7 17H4v-7a2 2 0 0 1 2-2h12a2 2 0 0 1 2 2v7h-3M7 14h10v7H7z",
    "menu": "M4 7h16M4 12h16M4 17h16",
    "next": "M9 5l7 7-7 7",
    "talk": "M4 5h16v11h-9l-5 4v-4H4z",
    "map": "M9 4L3 6.5v13.5l6-2.5 6 2.5 6-2.5V4l-6 2.5zM9 4v13.5M15 6.5V20",
}
