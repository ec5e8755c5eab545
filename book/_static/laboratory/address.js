// The settings of an instrument in the address of the page: ?clock.share=0.5; only what is not at its default.

const digits = (step) => (String(step).split(".")[1] ?? "").length;

export const rounded = (value, field) => Number(Number(value).toFixed(digits(field.step ?? 1)));

const said = (value) => String(value).replace("-", "−");

export const span = (field) => `${said(field.min)} to ${said(field.max)}`;

// What a text means for a field, or an error that says what it takes.
export function meant(field, text) {
  if (field.kind === "choice") {
    const found = field.options.find((option) => String(option.value) === text);
    if (!found) throw new Error(`“${text}” is no choice for “${field.label}”`);
    return found.value;
  }
  const value = text.trim() === "" ? NaN : Number(text);
  if (!Number.isFinite(value) || value < field.min || value > field.max)
    throw new Error(`“${text}” is no value for “${field.label}”, which runs from ${span(field)}`);
  return rounded(value, field);
}

export const defaults = (fields) => Object.fromEntries(fields.map((field) => [field.key, field.value]));

// The settings that an address asks for, and, where it asks for nonsense, a sentence and the defaults.
export function read(name, fields, search = location.search) {
  const state = defaults(fields);
  try {
    for (const [key, text] of new URLSearchParams(search)) {
      if (!key.startsWith(`${name}.`)) continue;
      const field = fields.find((one) => `${name}.${one.key}` === key);
      if (!field) throw new Error(`it knows no setting “${key.slice(name.length + 1)}”`);
      state[field.key] = meant(field, text);
    }
  } catch (error) {
    const fault =
      `The address asks this instrument for what it does not have: ${error.message}. ` +
      "It shows its defaults instead.";
    return { state: defaults(fields), fault };
  }
  return { state, fault: "" };
}

export function written(name, fields, state, from = location) {
  const query = new URLSearchParams(from.search);
  for (const key of [...query.keys()]) if (key.startsWith(`${name}.`)) query.delete(key);
  for (const field of fields)
    if (state[field.key] !== field.value) query.set(`${name}.${field.key}`, state[field.key]);
  const text = query.toString();
  return from.pathname + (text ? `?${text}` : "");
}

let waiting;
export function keep(name, fields, state) {
  clearTimeout(waiting); // browsers refuse more than a few changes a second
  waiting = setTimeout(
    () => history.replaceState(history.state, "", written(name, fields, state) + location.hash),
    200,
  );
}

export const link = (name, fields, state) => `${location.origin}${written(name, fields, state)}#instrument-${name}`;
