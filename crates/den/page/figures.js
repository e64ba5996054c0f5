// Figures and recorded values in words.

/** A key as it is read. */
export const words = (key) => String(key).replace(/_usd$/, " (USD)").replace(/_ms$/, " (ms)").replaceAll("_", " ");
export const number = (n) => new Intl.NumberFormat("en").format(n);
export const duration = (ms) => (ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`);

/** US dollars, two digits of them where they are small. */
export function cost(usd) {
  if (usd === 0) return "free";
  return `$${usd < 0.01 ? usd.toPrecision(2).replace(/e-(\d+)/, "e-$1") : usd.toFixed(3)}`;
}

/** Any recorded value as one line. */
export function plainly(value) {
  if (value === null || value === undefined) return "";
  if (Array.isArray(value)) return value.map(plainly).join(", ");
  if (typeof value === "object") return Object.entries(value).map(([k, v]) => `${words(k)}: ${plainly(v)}`).join("; ");
  return String(value);
}
