// The list of suggestions above the composer: a listbox that its text field steers.

import { avatar, byId, h } from "./dom.js";

const box = byId("completions");
let items = [];
let at = 0;
let owner = null;

/** Whether a list is open for `field`. */
const isOpen = (field) => owner === field && items.length > 0;

/** Shows `found` for `field`: each `{label, detail?, face?, mark?, pick()}`. An empty list closes. */
export function offer(field, title, found) {
  if (!found.length) return close(field);
  owner = field;
  items = found;
  at = 0;
  box.replaceChildren(
    h("p", { class: "label", role: "presentation" }, title),
    ...items.map((item, i) => h("div", {
      class: "completion", role: "option", id: `completion-${i}`,
      onpointermove: () => at !== i && move(i),
      // Before the field loses the focus, so that typing goes on where it was.
      onpointerdown: (event) => {
        event.preventDefault();
        at = i;
        pick();
      },
    }, item.face ? avatar(item.face, "small") : h("span", { class: "completion-mark", "aria-hidden": "true" }, item.mark ?? ""), h("b", {}, item.label), item.detail ? h("span", { class: "quiet" }, item.detail) : null)));
  box.hidden = false;
  tellExpanded(field, true);
  move(0);
}

/** Closes the list if `field` opened it. */
export function close(field) {
  if (owner !== field) return;
  owner = null;
  items = [];
  box.hidden = true;
  box.replaceChildren();
  tellExpanded(field, false);
  field.removeAttribute("aria-activedescendant");
}

// A text area is no combobox and may not say so; its active option says enough.
function tellExpanded(field, isExpanded) {
  if (field.getAttribute("role") === "combobox") field.setAttribute("aria-expanded", String(isExpanded));
}

function move(to) {
  at = (to + items.length) % items.length;
  for (const [i, option] of [...box.querySelectorAll(".completion")].entries()) {
    option.setAttribute("aria-selected", String(i === at));
    if (i === at) option.scrollIntoView({ block: "nearest" });
  }
  owner.setAttribute("aria-activedescendant", `completion-${at}`);
}

function pick() {
  const item = items[at];
  close(owner);
  item.pick();
}

/** Lets the list have a key of its field first. True when it took it. */
export function takesKey(field, event) {
  if (!isOpen(field) || event.isComposing) return false;
  if (event.key === "ArrowDown") move(at + 1);
  else if (event.key === "ArrowUp") move(at - 1);
  else if ((event.key === "Enter" && !event.shiftKey) || (event.key === "Tab" && !event.shiftKey)) pick();
  else if (event.key === "Escape") close(field);
  else return false;
  event.preventDefault();
  event.stopPropagation();
  return true;
}
