// A slash command being filled in: its name, one field per option, suggestions asked of the den.

import { byId, h, icon } from "./dom.js";
import { close, offer, takesKey } from "./complete.js";
import { get, write } from "./wire.js";
import { on, world } from "./world.js";

const form = byId("command");
const composer = byId("composer");
// Between keystrokes and the question to the den, so that fast typing asks once.
const PAUSE_MS = 120;

let leave = () => {};

export function start() {
  on("here", () => leave());
  on("me", () => leave());
}

/** Shows `command` in place of the text box; `back` runs when it is sent or given up. */
export function openCommand(command, back) {
  /** What is sent where the field shows a choice's name. */
  const chosen = new Map();
  leave = () => {
    form.hidden = true;
    form.replaceChildren();
    composer.hidden = false;
    leave = () => {};
  };
  const giveUp = () => {
    leave();
    back();
  };
  const fields = command.options.map((option) => field(command, option, chosen, giveUp));
  form.replaceChildren(
    h("span", { class: "command-name" }, `/${command.name}`),
    ...fields.map(({ label }) => label),
    ...(fields.length ? [] : [h("span", { class: "quiet grow" }, command.description)]),
    h("button", { class: "ghost", type: "button", "aria-label": "Give the command up", onclick: giveUp }, icon("close")),
    h("button", { class: "send", type: "submit", "aria-label": `Send /${command.name}` }, icon("send")));
  form.onkeydown = (event) => {
    if (event.key === "Escape") giveUp();
    const first = fields[0]?.input;
    if (event.key === "Backspace" && (!first || (event.target === first && !first.value))) giveUp();
  };
  form.onsubmit = async (event) => {
    event.preventDefault();
    const options = {};
    for (const { option, input } of fields) {
      const value = chosen.get(option.name)?.shown === input.value ? chosen.get(option.name).value : input.value.trim();
      if (value) options[option.name] = value;
    }
    const body = { person: world.me, channel: world.here, name: command.name, options };
    if (await write("POST", "/api/commands", body)) giveUp();
  };
  composer.hidden = true;
  form.hidden = false;
  (fields[0]?.input ?? form.querySelector(".send")).focus();
}

function field(command, option, chosen, giveUp) {
  const input = h("input", {
    type: "text", required: option.required, placeholder: option.description, maxlength: "2000", "aria-label": `${option.name}: ${option.description}`,
    ...((option.autocomplete || option.choices?.length) && { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": "completions" }),
  });
  let timer = 0;
  let asked = 0;
  const next = () => {
    const all = [...form.querySelectorAll("input")];
    (all[all.indexOf(input) + 1] ?? form.querySelector(".send")).focus();
  };
  const suggest = () => {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      const mine = ++asked;
      const found = option.choices?.length ? option.choices.filter((c) => c.name.toLowerCase().includes(input.value.toLowerCase())) : await ask();
      if (mine !== asked || document.activeElement !== input) return;
      offer(input, option.name, found.slice(0, 10).map((choice) => ({
        label: choice.name, mark: "›",
        face: world.personalities.find((p) => p.id === choice.value || p.name === choice.name),
        pick: () => {
          input.value = choice.name;
          chosen.set(option.name, { shown: choice.name, value: choice.value });
          next();
        },
      })));
    }, PAUSE_MS);
  };
  const ask = () => get(`/api/autocomplete?${new URLSearchParams({ person: world.me, channel: world.here, command: command.name, option: option.name, value: input.value })}`).catch(() => []);
  if (option.autocomplete || option.choices?.length) {
    input.addEventListener("input", suggest);
    input.addEventListener("focus", suggest);
  }
  input.addEventListener("blur", () => {
    asked++;
    close(input);
  });
  input.addEventListener("keydown", (event) => {
    if (takesKey(input, event)) return;
    if (event.key === "Escape") {
      event.stopPropagation();
      giveUp();
    }
  });
  return { option, input, label: h("label", { class: option.required ? "option" : "option optional" }, h("span", {}, option.name), input) };
}
