// Everything here refines pages that already work; each behaviour binds itself to data attributes, now and after every swap.
import { bindCopies } from "./copy.js";
import { bindDialogs } from "./dialog.js";
import { bindDrops } from "./drop.js";
import { bindMenus } from "./menu.js";
import { bindOnce } from "./once.js";
import { focusFirst } from "./focus.js";
import { bindShortcuts } from "./shortcut.js";
import { bindTheme } from "./theme.js";
import { bindTrouble } from "./trouble.js";

function refine(root) {
  bindCopies(root);
  bindDrops(root);
  bindOnce(root);
  focusFirst(root);
}

refine(document);
bindDialogs(document);
bindMenus(document);
bindShortcuts(document);
bindTheme(document);
bindTrouble(document);
document.addEventListener("htmx:afterSettle", (event) => refine(event.detail.elt));
