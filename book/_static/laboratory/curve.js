// How the multiverse is drawn: the curve of all universes, and what is one step away.

import { BLUE, FAINT, GROUND, INK, SKY, VERMILION, frame } from "./drawing.js";
import { count, median, short } from "./words.js";

// Thousands of intervals are more than a screen has pixels: each stretch of the curve shows its typical one.
function thinned(all, parts, z) {
  const size = Math.max(1, all.length / parts),
    sorted = (values) => median(values.sort((a, b) => a - b));
  return Array.from({ length: Math.min(parts, all.length) }, (_, part) => {
    const some = all.slice(Math.floor(part * size), Math.floor((part + 1) * size)),
      middle = some[some.length >> 1];
    return {
      rank: middle.rank,
      estimate: middle.estimate,
      lower: sorted(some.map((one) => one.estimate - z * one.state_se)),
      upper: sorted(some.map((one) => one.estimate + z * one.state_se)),
    };
  });
}

export function curve(Plot, width, height, all, found, own, kept) {
  const parts = Math.floor(width / 5),
    key = `${all.length}/${parts}`;
  kept.thin ??= new Map();
  if (!kept.thin.has(key)) kept.thin.set(key, thinned(all, parts, kept.z));
  const line = kept.thin.get(key),
    few = found.length <= 40;
  const bins = few ? [] : [...new Set(found.map((one) => Math.floor((one.rank / all.length) * (width / 2))))];
  const floor = Math.min(...line.map((one) => one.lower)),
    ceiling = Math.max(...line.map((one) => one.upper));
  const ends = {
    y1: (one) => one.estimate - kept.z * one.state_se,
    y2: (one) => one.estimate + kept.z * one.state_se,
  };
  return Plot.plot(
    frame(width, height, {
      x: { label: "Universes, from the lowest slope to the highest", domain: [1, all.length], tickFormat: count },
      y: { label: "Slope, points a year", domain: [floor, ceiling], tickFormat: (value) => short(value, 2) },
      marks: [
        Plot.areaY(line, { x: "rank", y1: "lower", y2: "upper", fill: SKY, fillOpacity: 0.25 }),
        Plot.ruleY([0], { stroke: INK, strokeOpacity: 0.7 }),
        Plot.line(line, { x: "rank", y: "estimate", stroke: BLUE, strokeWidth: 2.2 }),
        Plot.ruleX(bins, {
          x: (bin) => ((bin + 0.5) * 2 * all.length) / width,
          y1: floor,
          y2: floor + 0.09 * (ceiling - floor),
          stroke: VERMILION,
          strokeWidth: 1.6,
        }),
        Plot.ruleX(few ? found : [], { x: "rank", ...ends, stroke: VERMILION, strokeWidth: 2 }),
        Plot.dot(few ? found : [], { x: "rank", y: "estimate", r: found.length === 1 ? 6 : 3.5, fill: VERMILION }),
        ...(own
          ? [
              Plot.dot([own], { x: "rank", y: "estimate", r: 4, fill: GROUND, stroke: INK, strokeWidth: 1.6 }),
              Plot.text([own], {
                x: "rank",
                y: "estimate",
                text: () => "Table 2",
                dy: 18,
                dx: 8,
                textAnchor: "start",
                fill: INK,
              }),
            ]
          : []),
      ],
    }),
  );
}

// Names of options beside their dots: the outer ones outside, one between them where there is room.
function named(known, scale) {
  const choices = [...new Set(known.map((row) => row.choice))];
  return choices.flatMap((choice) => {
    const sorted = known.filter((row) => row.choice === choice).sort((a, b) => a.slope - b.slope),
      [first, last] = [sorted[0], sorted.at(-1)];
    if (first === last) return [{ ...first, side: "end" }];
    const room = (one) =>
      Math.min(
        ...sorted.filter((other) => other !== one).map((other) => Math.abs(scale(one.slope) - scale(other.slope))),
      );
    const between = sorted
      .slice(1, -1)
      .filter((one) => room(one) > 5 * one.option.length + 16)
      .map((one) => ({ ...one, side: "above" }));
    return [{ ...first, side: "start" }, ...between, { ...last, side: "end" }];
  });
}

const DOTS = "lab-steps";

export function next(Plot, width, height, rows) {
  const known = rows.filter((row) => row.slope !== null),
    slopes = known.map((row) => row.slope);
  const low = Math.min(0, ...slopes),
    high = Math.max(0, ...slopes),
    phone = width < 480,
    left = phone ? 4 : 84;
  const inset = { insetLeft: 76, insetRight: 92 },
    choices = [...new Set(rows.map((row) => row.choice))];
  const scale = (slope) => ((slope - low) / (high - low || 1)) * (width - left - 14 - 76 - 92);
  const texts = named(known, scale),
    at = { x: "slope", y: "choice", text: "option", fill: INK, stroke: GROUND, strokeWidth: 4 };
  return Plot.plot(
    frame(width, height, {
      marginLeft: left,
      marginTop: 4,
      x: {
        label: "Slope, points a year",
        domain: [low, high],
        tickFormat: (value) => short(value, 2),
        ticks: Math.round(width / 110),
        ...inset,
      },
      y: {
        type: "point",
        label: null,
        domain: choices,
        tickSize: 0,
        tickFormat: (d) => d,
        padding: 0.6,
        axis: phone ? null : "left",
      },
      marks: [
        Plot.ruleX([0], { stroke: INK, strokeOpacity: 0.7 }),
        ...(phone
          ? [
              Plot.text(choices, {
                y: (d) => d,
                text: (d) => d,
                frameAnchor: "left",
                textAnchor: "start",
                dy: -15,
                fill: FAINT,
              }),
            ]
          : []),
        Plot.ruleY(
          known,
          Plot.groupY(
            { x1: "min", x2: "max" },
            { y: "choice", x1: "slope", x2: "slope", stroke: FAINT, strokeOpacity: 0.7 },
          ),
        ),
        Plot.dot(known, {
          className: DOTS,
          x: "slope",
          y: "choice",
          r: 5.5,
          fill: (row) => (row.chosen ? VERMILION : GROUND),
          stroke: (row) => (row.chosen ? VERMILION : BLUE),
          strokeWidth: 1.8,
          title: (row) => `${row.choice}: ${row.option}, ${short(row.slope, 4)}`,
          cursor: "pointer",
        }),
        Plot.text(
          texts.filter((one) => one.side === "start"),
          { ...at, dx: -10, textAnchor: "end" },
        ),
        Plot.text(
          texts.filter((one) => one.side === "end"),
          { ...at, dx: 10, textAnchor: "start" },
        ),
        Plot.text(
          texts.filter((one) => one.side === "above"),
          { ...at, dy: -10 },
        ),
      ],
    }),
  );
}

// A dot that is touched is chosen; by keyboard the lists above do the same.
export function touched(figure, set, rows) {
  const known = rows.filter((row) => row.slope !== null);
  figure.querySelectorAll(`.${DOTS} circle`).forEach((dot) => {
    const row = known[dot.__data__];
    dot.addEventListener("click", () => set({ [row.name]: row.value }));
  });
}
