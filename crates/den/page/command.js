// A slash command being filled in: its name, one field per option, and what is wrong in place.

import { byId, h, icon } from "./dom.js";
import { interact } from "./interact.js";
import { field, suggestions } from "./option.js";
import { embers } from "./typing.js";
import { on, world } from "./world.js";

const form = byId("command");
const composer = byId("composer");

let leave = () => {};

export function start() {
  on("here", () => leave());
  on("me", () => leave());
}

/**
 * Shows `command` in place of the text box. `back` runs when it is sent or given up, with the text that then
 * belongs into the box.
 */
export function openCommand(command, back) {
  leave();
  const hint = h("p", { class: "command-hint", id: "command-hint", "aria-live": "polite" }, command.description);
  const fields = [];
  const places = h("div", { class: "options" });
  const told = (nodes, isWrong) => {
    hint.replaceChildren(...nodes.filter(Boolean));
    hint.classList.toggle("failure", isWrong);
  };
  const values = () => Object.fromEntries(fields.map((one) => [one.option.name, one.read()]).filter(([, read]) => read.value !== undefined && !read.wrong).map(([name, read]) => [name, read.value]));
  const next = (input) => {
    const after = fields.slice(fields.findIndex((one) => one.input === input) + 1);
    (after.find((one) => one.option.required && !one.input.value)?.input ?? after[0]?.input ?? sendIt).focus();
  };
  const ask = (option, typed) => {
    const { [option.name]: _itself, ...others } = values();
    return suggestions(command, option, typed, others);
  };
  const add = (option) => {
    const made = field(option, { told, next, ask });
    // In the order the command has them, wherever it was added.
    const at = command.options.indexOf(option);
    const later = fields.findIndex((one) => command.options.indexOf(one.option) > at);
    if (later < 0) fields.push(made);
    else fields.splice(later, 0, made);
    draw();
    return made;
  };
  const drop = (made) => {
    fields.splice(fields.indexOf(made), 1);
    draw();
    (fields.at(-1)?.input ?? sendIt).focus();
  };
  const draw = () => {
    const left = command.options.filter((option) => fields.every((one) => one.option !== option) && option.kind !== "other");
    places.replaceChildren(...fields.map((one) => one.element),
      ...left.map((option) => h("button", { type: "button", class: "add-option", title: option.description, onclick: () => add(option).input.focus() }, icon("plus"), option.name)));
  };
  const giveUp = (text = "") => {
    leave();
    back(text);
  };
  const sendIt = h("button", { class: "send", type: "submit", "aria-label": `Send /${command.name}` }, icon("send"));

  leave = () => {
    form.hidden = true;
    form.replaceChildren();
    composer.hidden = false;
    leave = () => {};
  };
  form.replaceChildren(
    h("span", { class: "command-name" }, `/${command.name}`), places,
    h("button", { class: "ghost", type: "button", "aria-label": "Give the command up", onclick: () => giveUp() }, icon("close")), sendIt, hint);
  for (const option of command.options.filter((option) => option.required)) add(option);
  draw();
  form.onkeydown = (event) => {
    if (event.defaultPrevented) return;
    const made = fields.find((one) => one.input === event.target);
    // Escape loses nothing that was typed; the cross does.
    if (event.key === "Escape" && fields.every((one) => !one.input.value)) giveUp();
    else if (event.key === "Enter" && !event.shiftKey && !event.isComposing && made) {
      event.preventDefault();
      form.requestSubmit();
    } else if (event.key === "Backspace" && made && !made.input.value) {
      event.preventDefault();
      if (!made.option.required) drop(made);
      else if (made === fields[0]) giveUp(`/${command.name}`);
    } else if (event.key === "Backspace" && event.target === sendIt && !fields.length) giveUp(`/${command.name}`);
  };
  form.onsubmit = async (event) => {
    event.preventDefault();
    if (sendIt.disabled) return;
    const wrong = fields.find((one) => one.read().wrong);
    if (wrong) return wrong.complain(wrong.read().wrong);
    sendIt.disabled = true;
    sendIt.replaceChildren(embers());
    const isStill = () => form.contains(sendIt);
    try {
      const became = await interact("/api/commands", { person: world.me, channel: world.here, name: command.name, options: values() });
      if (became === "form") leave();
      else if (isStill()) giveUp();
    } catch (error) {
      if (!isStill()) return;
      const option = command.options.find((one) => one.name === error.field);
      if (option) (fields.find((one) => one.option === option) ?? add(option)).complain(error.message);
      else told([error.message], true);
    } finally {
      sendIt.disabled = false;
      sendIt.replaceChildren(icon("send"));
    }
  };
  composer.hidden = true;
  form.hidden = false;
  (fields[0]?.input ?? sendIt).focus();
}
