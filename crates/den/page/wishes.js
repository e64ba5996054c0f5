// What one part of the page asks of another that it should not know: `reply` to a message, `use` a command.

const wishes = new EventTarget();

/** Asks for `what`; `detail` says with which. */
export const wish = (what, detail) => wishes.dispatchEvent(new CustomEvent(what, { detail }));

/** Calls `grant` with the detail whenever somebody asks for `what`. */
export const granting = (what, grant) => wishes.addEventListener(what, (event) => grant(event.detail));
