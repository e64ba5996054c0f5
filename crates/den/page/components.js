// Buttons and select menus under a message: pressed, waiting for what comes of it, and refused in place.

import { h, icon } from "./dom.js";
import { selectable } from "./form.js";
import { interact } from "./interact.js";
import { embers } from "./typing.js";
import { world } from "./world.js";

// Component types and the style of a button that is a link. See Discord Docs/Component Reference.
const ROW = 1, BUTTON = 2, LINK = 5;
const STYLES = { 1: "primary", 3: "good", 4: "danger" };
// A pressed button whose message does not change looks pressed for so long at most.
const PRESSED_MS = 15_000;

/** The rows of a message, and the line that says what went wrong with them. */
export function components(m) {
  const rows = (m.components ?? []).filter((row) => row.type === ROW);
  if (!rows.length) return [];
  const failure = h("p", { class: "failure", role: "alert" });
  return [
    ...rows.map((row) => h("div", { class: "buttons" }, row.components.map((one) => (one.type === BUTTON ? button(m, one, failure) : menu(m, one, failure))))),
    failure,
  ];
}

function button(m, one, failure) {
  const face = [one.emoji?.name ? `${one.emoji.name} ` : null, one.label ?? ""];
  if (one.style === LINK) return h("a", { class: "button", href: one.url, target: "_blank", rel: "noopener noreferrer nofollow" }, face, icon("link"));
  return h("button", {
    type: "button", class: `button ${STYLES[one.style] ?? ""}`, disabled: one.disabled, "data-key": one.custom_id,
    onclick: (event) => press(m, event.currentTarget, { custom_id: one.custom_id }, failure),
  }, face);
}

function menu(m, one, failure) {
  const most = one.max_values ?? 1;
  const options = selectable(one);
  const label = one.placeholder ?? "Choose…";
  if (most === 1) {
    const select = h("select", { class: "choose", "aria-label": label, disabled: one.disabled, "data-key": one.custom_id, onchange: (event) => event.target.value && press(m, event.target, { custom_id: one.custom_id, values: [event.target.value] }, failure) },
      h("option", { value: "" }, label), options.map((option) => h("option", { value: option.value, selected: option.default === true }, option.label)));
    return select;
  }
  const boxes = options.map((option) => h("input", { type: "checkbox", value: option.value, checked: option.default === true }));
  return h("fieldset", { class: "choose-many", disabled: one.disabled }, h("legend", {}, label),
    options.map((option, i) => h("label", {}, boxes[i], option.label, option.description ? h("span", { class: "quiet" }, option.description) : null)),
    h("button", { type: "button", class: "button primary", "data-key": one.custom_id, onclick: (event) => press(m, event.currentTarget, { custom_id: one.custom_id, values: boxes.filter((box) => box.checked).map((box) => box.value) }, failure) }, "Choose"));
}

async function press(m, control, what, failure) {
  const all = [...control.closest(".extras").querySelectorAll(".buttons :is(button, select):not(:disabled)")];
  const release = () => {
    for (const one of all) one.disabled = false;
    control.classList.remove("busy");
    control.querySelector(".embers")?.remove();
  };
  const hadFocus = document.activeElement === control;
  failure.textContent = "";
  for (const one of all) one.disabled = true;
  control.classList.add("busy");
  if (control.tagName === "BUTTON") control.append(embers());
  try {
    const became = await interact("/api/presses", { person: world.me, message: m.id, ...what });
    // The message is about to change; until then the button stays pressed.
    if (became === "updating") return setTimeout(release, PRESSED_MS);
  } catch (error) {
    failure.textContent = error.message;
  }
  release();
  if (hadFocus && document.activeElement === document.body) control.focus();
}
