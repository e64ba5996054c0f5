// The options of a slash command as fields: what each takes, what it offers, and what is wrong with it.

import { close, offer, takesKey } from "./complete.js";
import { h } from "./dom.js";
import { inline } from "./markdown.js";
import { send } from "./wire.js";
import { channelsOf, world } from "./world.js";

// Between keystrokes and the question to the den, so that fast typing asks once.
const PAUSE_MS = 120;
// Texts that may be longer than this get a field that grows.
const ONE_LINE = 200;
const MOST_CHARACTERS = 6000;
const MOST_OFFERED = 25;

const WHATS = { user: "a person", mentionable: "a person", channel: "a channel", boolean: "yes or no" };

/** What an option asks for, in a few words beside its description. */
function asksFor({ kind, min, max, min_length, max_length, choices, autocomplete }) {
  if (choices.length) return "one of the list";
  if (WHATS[kind]) return WHATS[kind];
  if (kind === "integer" || kind === "number") {
    const what = kind === "integer" ? "a whole number" : "a number";
    if (min !== null && max !== null) return `${what} from ${min} to ${max}`;
    return min !== null ? `${what}, at least ${min}` : max !== null ? `${what}, at most ${max}` : what;
  }
  if (!autocomplete && max_length && max_length < MOST_CHARACTERS) return `${min_length ? `${min_length} to ` : "up to "}${new Intl.NumberFormat("en").format(max_length)} characters`;
  return "";
}

/** The fixed list of values an option takes, as `{name, value, face?}`; `null` where it takes what one writes. */
function listed(option) {
  if (option.choices.length) return option.choices.map(({ name, value }) => ({ name, value: String(value) }));
  if (option.kind === "boolean") return [{ name: "Yes", value: "true" }, { name: "No", value: "false" }];
  if (option.kind === "user" || option.kind === "mentionable") return [...world.people, world.bot].map((p) => ({ name: p.name, value: p.id, face: p }));
  if (option.kind !== "channel") return null;
  const takes = (c) => c.kind !== "dm" && (!option.channel_types.length || option.channel_types.includes(c.number));
  return channelsOf(world.me).filter(takes).map((c) => ({ name: `#${c.name}`, value: c.id }));
}

/**
 * The field of one option. `form` says which `command` it is, gives the `others()` filled in besides and `next()` after a
 * pick; `told(text, isWrong)` shows what the field in focus asks for.
 */
export function field(option, form) {
  const isLong = option.kind === "text" && !option.choices.length && !option.autocomplete && (option.max_length ?? MOST_CHARACTERS) > ONE_LINE;
  const offers = option.autocomplete || listed(option) !== null;
  const input = h(isLong ? "textarea" : "input", {
    type: isLong ? null : "text", rows: isLong ? "1" : null, enterkeyhint: "send", placeholder: option.required ? "" : "optional",
    inputmode: option.kind === "integer" ? "numeric" : option.kind === "number" ? "decimal" : null,
    "aria-label": `${option.name}: ${option.description}`, "aria-required": String(option.required), "aria-describedby": "command-hint",
    ...(offers && { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": "completions" }),
  });
  /** What was picked: sent where the field still shows its name. */
  let picked = null;
  let timer = 0;
  let asked = 0;

  const read = () => {
    const text = input.value.trim();
    if (!text) return option.required ? { wrong: `**${option.name}** is needed.` } : {};
    if (picked?.name === input.value) return { value: picked.value };
    const list = listed(option);
    const wrong = `**${option.name}** takes ${asksFor(option) || `up to ${option.max_length ?? MOST_CHARACTERS} characters`}.`;
    if (list) {
      const bare = (name) => name.replace(/^[@#]/, "").toLowerCase();
      const found = list.find(({ name, value }) => bare(name) === bare(text) || value === text);
      return found ? { value: found.value } : { wrong };
    }
    return { value: text, ...(misfit(option, text) && { wrong }) };
  };
  /** Shows what is wrong with the field; without that, what it asks for. */
  const tell = (wrong) => {
    const about = [option.description, asksFor(option) ? h("span", { class: "quiet" }, ` · ${asksFor(option)}`) : null];
    form.told(wrong ? inline(wrong) : about, Boolean(wrong));
    input.setAttribute("aria-invalid", String(Boolean(wrong)));
  };
  const suggest = () => {
    clearTimeout(timer);
    if (!offers) return;
    timer = setTimeout(async () => {
      const mine = ++asked;
      const typed = input.value.trim().replace(/^[@#]/, "").toLowerCase();
      const isPicked = picked?.name === input.value;
      const found = listed(option)?.filter(({ name }) => isPicked || name.toLowerCase().includes(typed)) ?? await form.ask(option, input.value);
      if (mine !== asked || document.activeElement !== input) return;
      offer(input, option.name, found.slice(0, MOST_OFFERED).map(({ name, value, face }) => ({
        label: name, mark: "›", face: face ?? world.personalities.find((p) => p.id === value || p.name === name),
        pick: () => {
          picked = { name, value: String(value) };
          input.value = name;
          tell(null);
          form.next(input);
        },
      })));
    }, PAUSE_MS);
  };
  input.addEventListener("input", () => {
    tell(null);
    suggest();
  });
  input.addEventListener("focus", () => {
    tell(input.getAttribute("aria-invalid") === "true" ? read().wrong : null);
    suggest();
  });
  input.addEventListener("blur", () => {
    asked++;
    clearTimeout(timer);
    close(input);
  });
  input.addEventListener("keydown", (event) => takesKey(input, event));
  const complain = (wrong) => {
    input.focus();
    tell(wrong);
  };
  const classes = `option${option.required ? "" : " optional"}${isLong ? " long" : ""}`;
  return { option, input, read, complain, element: h("label", { class: classes }, h("span", {}, option.name), input) };
}

function misfit(option, text) {
  if (option.kind === "integer" || option.kind === "number") {
    const number = Number(text);
    const isNumber = option.kind === "integer" ? /^-?\d+$/.test(text) : Number.isFinite(number);
    return !isNumber || number < (option.min ?? -Infinity) || number > (option.max ?? Infinity);
  }
  const length = [...text].length;
  return length < (option.min_length ?? 0) || length > (option.max_length ?? MOST_CHARACTERS);
}

/** Asks the den what it offers for an option that is being typed. */
export const suggestions = (command, option, value, options) => send("POST", "/api/autocomplete", { person: world.me, channel: world.here, command: command.name, option: option.name, value, options }).catch(() => []);
