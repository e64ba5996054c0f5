// Building elements. Text always becomes a text node, so nothing a message says is ever read as HTML.

/**
 * Makes an element. `props` holds attributes, `onclick` and the like as functions, `class`, and `style` as an
 * object of custom properties (set through the CSSOM, which the content security policy allows).
 */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [key, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") element.addEventListener(key.slice(2), value);
    else if (key === "style") for (const [name, v] of Object.entries(value)) element.style.setProperty(name, v);
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

export const byId = (id) => document.getElementById(id);

/** Line icons on a 24 by 24 grid. */
const ICONS = {
  hash: "M9.5 4 7.5 20M16.5 4l-2 16M4.5 9h16M3.5 15h16",
  thread: "M4 5h16v10H11l-4 4v-4H4zM8 9h8M8 12h5",
  dm: "M4 6h16v12H4zM4 7l8 6 8-6",
  reply: "M10 6 4 12l6 6M4 12h9c4 0 7 2 7 6",
  edit: "M4 20h4L19 9l-4-4L4 16zM13 7l4 4",
  bin: "M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13M10.5 11v5M13.5 11v5",
  why: "M9 9.2a3 3 0 1 1 4.4 2.7c-.9.5-1.4 1-1.4 2.1M12 17.5v.1M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18z",
  send: "M4.5 12 4 5l17 7-17 7 .5-7zM4.5 12H13",
  close: "M6 6l12 12M18 6 6 18",
  menu: "M4 7h16M4 12h16M4 17h16",
  people: "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM3 20c0-3.5 2.5-6 6-6s6 2.5 6 6M16 4.5a3.5 3.5 0 0 1 0 6.3M17.5 14.4c2.2.8 3.5 2.8 3.5 5.6",
  eye: "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12zM12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6z",
  down: "M12 5v14M6 13l6 6 6-6",
  chevron: "M9 6l6 6-6 6",
  slash: "M7 20 17 4",
  file: "M6 3h8l4 4v14H6zM14 3v4h4",
  lock: "M6.5 10.5h11a1 1 0 0 1 1 1V19a1 1 0 0 1-1 1h-11a1 1 0 0 1-1-1v-7.5a1 1 0 0 1 1-1zM8.5 10.5V8a3.5 3.5 0 0 1 7 0v2.5",
  moon: "M19 14.5A7.5 7.5 0 0 1 9.5 5 7.5 7.5 0 1 0 19 14.5z",
  smile: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM8.5 14.2c1.8 2.6 5.2 2.6 7 0M9 9.5v.1M15 9.5v.1",
  dots: "M5.5 11.2a.8.8 0 1 0 0 1.6.8.8 0 0 0 0-1.6zM12 11.2a.8.8 0 1 0 0 1.6.8.8 0 0 0 0-1.6zM18.5 11.2a.8.8 0 1 0 0 1.6.8.8 0 0 0 0-1.6z",
  plus: "M12 6v12M6 12h12",
  copy: "M9 9h11v11H9zM5 15H4V4h11v1",
  link: "M10 14a4 4 0 0 0 6 .4l3-3a4 4 0 0 0-5.7-5.7l-1.6 1.6M14 10a4 4 0 0 0-6-.4l-3 3a4 4 0 0 0 5.7 5.7l1.6-1.6",
  id: "M4 6h16v12H4zM8 10v4M12 10v4h1.5a2 2 0 0 0 0-4z",
  save: "M12 4v11M7 11l5 5 5-5M5 20h14",
  apps: "M4.5 4.5h6v6h-6zM13.5 4.5h6v6h-6zM4.5 13.5h6v6h-6zM13.5 13.5h6v6h-6z",
};

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

const PEOPLE_COLOURS = ["#d98d4f", "#8fa86b", "#7ea3a8", "#c9799a", "#b59a5b", "#9b8fc2"];

/** A stable colour for whoever has none of their own. */
export function colourOf(someone) {
  if (someone.color) return someone.color;
  let sum = 0;
  for (const char of someone.name ?? someone.id) sum = (sum * 31 + char.codePointAt(0)) >>> 0;
  return PEOPLE_COLOURS[sum % PEOPLE_COLOURS.length];
}

/** The picture of someone, or their initial on their colour where there is no picture. */
export function avatar(someone, extra = "") {
  const letter = [...(someone.name ?? "?")][0]?.toUpperCase() ?? "?";
  const initial = () => h("span", { class: `avatar initial ${extra}`, style: { "--c": colourOf(someone) }, "aria-hidden": "true" }, letter);
  if (!someone.avatar) return initial();
  const image = h("img", { class: `avatar ${extra}`, src: someone.avatar, alt: "", decoding: "async", style: { "--c": colourOf(someone) } });
  image.addEventListener("error", () => image.replaceWith(initial()), { once: true });
  return image;
}

/** A short line that something went wrong, or (as `good`) went well. */
export function toast(text, good = "") {
  const line = h("p", { class: `toast ${good}` }, text);
  byId("toasts").append(line);
  setTimeout(() => line.remove(), 6000);
}
