// Menus and panels that stand above everything until one is done with them. The browser closes them on Escape
// and on a press elsewhere; where they stand, and what the arrow keys do, is said here.

import { byId, h, icon } from "./dom.js";

const popup = byId("popup");
const MARGIN_PX = 8;
let back = null;

/** Opens a panel with `content` at an element or at `{x, y}`; the focus returns to where it was when it closes. */
export function open(at, content, { role, label }) {
  close();
  back = document.activeElement;
  popup.setAttribute("role", role);
  popup.setAttribute("aria-label", label);
  popup.replaceChildren(...content);
  popup.showPopover();
  place(at instanceof Element ? at.getBoundingClientRect() : { left: at.x, right: at.x, top: at.y, bottom: at.y });
  // Whoever came by keyboard begins at the first entry; a pointer points by itself.
  const first = back?.matches(":focus-visible") ? popup.querySelector("button, input") : null;
  (first ?? popup).focus({ preventScroll: true });
}

const isOpen = () => popup.matches(":popover-open");

export function close() {
  if (isOpen()) popup.hidePopover();
}

/** Opens a menu of `items`: each `{label, icon, danger?, hint?, run()}`, or `{title}` above those that follow. */
export function openMenu(at, items, label) {
  const rows = items.filter(Boolean).map((item) => item.title
    ? h("p", { class: "label", role: "presentation" }, item.title)
    : h("button", {
      type: "button", role: "menuitem", tabindex: "-1", class: item.danger ? "item danger" : "item",
      onclick: () => {
        close();
        item.run();
      },
    }, icon(item.icon), h("span", {}, item.label), item.hint ? h("kbd", { "aria-hidden": "true" }, item.hint) : null));
  open(at, rows, { role: "menu", label });
}

// Below the anchor and along its right edge where there is room, else above it; always wholly on the screen.
function place(anchor) {
  const { width, height } = popup.getBoundingClientRect();
  const below = anchor.bottom + 4;
  const top = below + height + MARGIN_PX <= innerHeight ? below : anchor.top - 4 - height;
  const left = anchor.left === anchor.right ? anchor.left : anchor.right - width;
  const within = (value, most) => Math.max(MARGIN_PX, Math.min(value, most - MARGIN_PX));
  popup.style.setProperty("--x", `${within(left, innerWidth - width)}px`);
  popup.style.setProperty("--y", `${within(top, innerHeight - height)}px`);
}

// Up and down by a row, which in a grid of emoji has several columns; left and right by one.
popup.addEventListener("keydown", (event) => {
  if (event.target.matches("input")) return;
  const all = [...popup.querySelectorAll("button")];
  const at = all.indexOf(document.activeElement);
  if (at < 0 && event.key.startsWith("Arrow")) all[event.key === "ArrowUp" ? all.length - 1 : 0]?.focus();
  const columns = document.activeElement.closest(".emoji-grid") ? 8 : 1;
  const steps = { ArrowDown: at + columns, ArrowUp: at - columns, ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: all.length - 1 };
  if (event.key === "Tab" && popup.getAttribute("role") === "menu") close();
  if (!(event.key in steps)) return;
  event.preventDefault();
  if (at < 0) return;
  all[(steps[event.key] + all.length) % all.length]?.focus();
});

popup.addEventListener("toggle", (event) => {
  if (event.newState !== "closed") return;
  const isLost = document.activeElement === document.body || popup.contains(document.activeElement);
  if (isLost && back?.isConnected) back.focus({ preventScroll: true });
  popup.replaceChildren();
});
