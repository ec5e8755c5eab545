// Numbers as the book writes them: a true minus, no zero before the point of a slope, counts with commas.

export const number = (value, digits = 2) => {
  if (value === null || value === undefined || Number.isNaN(value)) return "–";
  const text = Math.abs(value).toFixed(digits);
  return (value < 0 && Number(text) !== 0 ? "−" : "") + text;
};
export const short = (value, digits = 2) => number(value, digits).replace(/^(−?)0\./, "$1.");
export const count = (value) => Math.round(value).toLocaleString("en-US").replace("-", "−");
export const percent = (value, digits = 0) => `${number(100 * value, digits)}%`;
export const range = (low, high, digits = 2) => `${short(low, digits)} to ${short(high, digits)}`;
export const capital = (text) => text[0].toUpperCase() + text.slice(1);
export const plural = (n, one, many = `${one}s`) => `${count(n)} ${n === 1 ? one : many}`;

// Of numbers in their order.
export const median = (sorted) => {
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
};
