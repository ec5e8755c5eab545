// What draws: Observable Plot and what it stands on, from this site, loaded once; and the house's colours and axes.

let loading;

function script(name) {
  return new Promise((done, failed) => {
    const element = document.createElement("script");
    element.src = new URL(`../drawing/${name}`, import.meta.url);
    element.async = false; // fetched side by side, run in this order
    element.onload = done;
    element.onerror = () => failed(new Error("what it draws with could not be loaded"));
    document.head.append(element);
  });
}

export function plot() {
  loading ??= Promise.all(["d3.min.js", "plot.umd.min.js"].map(script)).then(() => window.Plot);
  loading.catch(() => {
    loading = undefined;
  });
  return loading;
}

// The library's palette, each shade by the name under which custom.css may give another for a theme.
export const INK = "currentColor";
export const BLUE = "var(--csk-blue, #0072b2)";
export const VERMILION = "var(--csk-vermilion, #d55e00)";
export const GREEN = "var(--csk-green, #009e73)";
export const PURPLE = "var(--csk-purple, #cc79a7)";
export const SKY = "var(--csk-sky, #56b4e9)";
export const FAINT = "var(--pst-color-text-muted, #666)";
export const GROUND = "var(--pst-color-background, #fff)";

export const minus = (text) => String(text).replace("-", "−");

// Axes as the book’s figures have them: few ticks, thin, labels in words, that of y above it.
export function frame(width, height, options) {
  return {
    width,
    height,
    marginTop: 26,
    marginRight: 14,
    marginBottom: 38,
    marginLeft: 40,
    style: {
      background: "none",
      color: "inherit",
      fontFamily: "var(--csk-sans, sans-serif)",
      fontSize: "12px",
      overflow: "visible",
    },
    ...options,
    x: {
      tickSize: 4,
      ticks: Math.max(3, Math.round(width / 90)),
      tickFormat: minus,
      labelArrow: "none",
      labelAnchor: "center",
      labelOffset: 34,
      ...options.x,
    },
    y: {
      tickSize: 4,
      ticks: Math.max(3, Math.round(height / 45)),
      tickFormat: minus,
      labelArrow: "none",
      ...options.y,
    },
  };
}
