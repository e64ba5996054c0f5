// A form the den asks one to fill in; Discord calls it a modal.

import { byId, h, icon } from "./dom.js";
import { inline } from "./markdown.js";
import { send } from "./wire.js";
import { channelsOf, world } from "./world.js";

// Component types. See Discord Docs/Component Reference.
const ROW = 1, LIST = 3, TEXT_INPUT = 4, USERS = 5, MENTIONABLE = 7, CHANNELS = 8, TEXT = 10, LABEL = 18;
// Text inputs of one line have this style.
const SHORT = 1;
const MOST_CHARACTERS = 4000;

const dialog = byId("form");

/** Shows a form; `interaction` is the one it answers. */
export function openForm(interaction, form) {
  const fields = [];
  const parts = form.components.map((component) => {
    if (component.type === TEXT) return h("p", { class: "form-text" }, inline(component.content));
    const labelled = component.type === LABEL ? component : component.components[0];
    const inner = component.type === LABEL ? component.component : component.components[0];
    const made = field(inner, labelled.label, labelled.description);
    fields.push(made);
    return made.element;
  });
  const failure = h("p", { class: "failure", role: "alert" });
  const sendIt = h("button", { type: "submit", class: "primary" }, "Send");
  const body = h("form", { method: "dialog", novalidate: true },
    h("header", {}, h("h2", { id: "form-title" }, form.title), h("button", { type: "button", class: "ghost", "aria-label": "Close the form", onclick: () => dialog.close() }, icon("close"))),
    h("div", { class: "form-fields" }, parts), failure,
    h("div", { class: "ask-buttons" }, h("button", { type: "button", onclick: () => dialog.close() }, "Cancel"), sendIt));
  body.addEventListener("submit", async (event) => {
    event.preventDefault();
    const wrong = fields.map((one) => one.check()).find(Boolean);
    if (wrong) return wrong.focus();
    sendIt.disabled = true;
    failure.textContent = "";
    try {
      await send("POST", "/api/forms", { person: world.me, interaction, values: fields.flatMap((one) => one.values().map((value) => [one.id, value])) });
      dialog.close();
    } catch (error) {
      const about = fields.find((one) => one.id === error.field);
      if (about) about.complain(error.message).focus();
      else failure.textContent = error.message;
    } finally {
      sendIt.disabled = false;
    }
  });
  const back = document.activeElement;
  dialog.replaceChildren(body);
  dialog.addEventListener("close", () => (back?.isConnected ? back : byId("text")).focus({ preventScroll: true }), { once: true });
  dialog.showModal();
  fields[0]?.control.focus();
}

/** One field: its element, its values, and what is wrong with it. */
function field(component, label, description) {
  const id = component.custom_id;
  const isRequired = component.required ?? true;
  const wrong = h("p", { class: "failure", id: `wrong-${id}`, role: "alert" });
  const made = component.type === TEXT_INPUT ? textInput(component, isRequired) : choice(component, isRequired);
  const { control } = made;
  control.id = `field-${id}`;
  control.setAttribute("aria-describedby", `about-${id} wrong-${id}`);
  const complain = (text) => {
    wrong.textContent = text;
    control.setAttribute("aria-invalid", String(text !== ""));
    return control;
  };
  control.addEventListener("input", () => complain(""));
  const element = h("div", { class: "form-field" },
    h("label", { for: control.id }, label, isRequired ? null : h("span", { class: "quiet" }, " optional")),
    description ? h("p", { class: "quiet", id: `about-${id}` }, description) : null, control, made.below, wrong);
  return { id, element, control, complain, values: made.values, check: () => (made.wrong() ? complain(made.wrong()) : null) };
}

function textInput(component, isRequired) {
  const least = component.min_length ?? 0;
  const most = component.max_length ?? MOST_CHARACTERS;
  const count = h("span", { class: "count" });
  const control = h(component.style === SHORT ? "input" : "textarea", { placeholder: component.placeholder, "aria-required": String(isRequired), rows: component.style === SHORT ? null : "4" });
  control.value = component.value ?? "";
  const length = () => [...control.value].length;
  const draw = () => {
    count.textContent = `${length()} / ${most}`;
    count.classList.toggle("over", length() > most);
  };
  control.addEventListener("input", draw);
  draw();
  const wrong = () => {
    if (!control.value.trim()) return isRequired ? "This is needed." : "";
    if (length() > most) return `At most ${most} characters, please.`;
    return length() < least ? `At least ${least} characters, please.` : "";
  };
  return { control, below: most < MOST_CHARACTERS ? count : null, values: () => (control.value.trim() ? [control.value] : []), wrong };
}

function choice(component, isRequired) {
  const most = component.max_values ?? 1;
  const control = h("select", { "aria-required": String(isRequired), multiple: most > 1 });
  if (most === 1) control.append(h("option", { value: "" }, component.placeholder ?? "Choose…"));
  control.append(...selectable(component).map((option) => h("option", { value: option.value, selected: option.default === true }, option.label)));
  const values = () => [...control.selectedOptions].map((option) => option.value).filter(Boolean);
  const wrong = () => {
    if (values().length > most) return `At most ${most}, please.`;
    return isRequired && values().length < (component.min_values ?? 1) ? "Choose one." : "";
  };
  return { control, below: null, values, wrong };
}

/** What a select menu of any kind lets one choose from, as `{value, label}`. */
export function selectable(menu) {
  if (menu.type === LIST) return menu.options;
  if (menu.type === CHANNELS) {
    const takes = (c) => c.kind !== "dm" && (!menu.channel_types?.length || menu.channel_types.includes(c.number));
    return channelsOf(world.me).filter(takes).map((c) => ({ value: c.id, label: `#${c.name}` }));
  }
  return [USERS, MENTIONABLE].includes(menu.type) ? world.people.map((p) => ({ value: p.id, label: p.name })) : [];
}
