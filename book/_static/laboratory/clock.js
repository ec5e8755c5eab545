// Whose clock? Give the drift to the calendar or to those who came in, and see which lines move.

import { BLUE, FAINT, GREEN, INK, PURPLE, SKY, VERMILION, frame } from "./drawing.js";
import { number, percent, range, short } from "./words.js";

const LAST = 40;

// The model at duration d and year t: estimate and standard error by state (the plane is recovered from the record).
function at(data, d, t) {
  const { level, duration, year } = data.plane,
    x = t - data.mean_year;
  const [c0, c1, c2, c3, c4, c5] = data.variance;
  const variance = c0 + c1 * d + c2 * x + c3 * d * d + c4 * d * x + c5 * x * x;
  return { estimate: level + duration * d + year * x, se: Math.sqrt(Math.max(variance, 0)) };
}

const band = ({ z }, { estimate, se }) => ({ estimate, lower: estimate - z * se, upper: estimate + z * se });

function slope(data, share) {
  const rest = 1 - share,
    [, , , c3, c4, c5] = data.variance;
  return band(data, {
    estimate: data.plane.duration + rest * data.plane.year,
    se: Math.sqrt(c3 + rest * c4 + rest * rest * c5),
  });
}

// Figure 2 under a belief: the calendar stopped, and the cohorts given the rest of the drift.
function stopped(data, share) {
  return Array.from({ length: LAST }, (_, place) => {
    const duration = place + 1;
    return {
      duration,
      ...band(data, at(data, duration, data.mean_year + (1 - share) * (duration - data.mean_duration))),
    };
  });
}

// What a case lives, which no belief moves; and what of it membership alone would have given.
function courses(data, share) {
  const rate = slope(data, share).estimate;
  return data.entries.flatMap((entry) =>
    Array.from({ length: Math.min(LAST, data.last_year - entry + 1) }, (_, place) => {
      const duration = place + 1,
        lived = band(data, at(data, duration, entry + place));
      return {
        entry: String(entry),
        duration,
        lived: lived.estimate,
        lower: lived.lower,
        upper: lived.upper,
        membership: at(data, 1, entry).estimate + rate * place,
      };
    }),
  );
}

function believed(share) {
  if (share === 0) return "If none of the drift is the calendar’s";
  if (share === 1) return "If all of the drift is the calendar’s";
  if (share < 0) return `If the calendar helped, by ${percent(-share)} of the drift the other way`;
  return `If ${percent(share)} of the drift is the calendar’s`;
}

const LIMITS = [-1.35, 0.3];
const OF_FINDING = [-1.75, 0.3]; // the three drawings of the front page share one scale

function figure2(Plot, width, height, lines, printed, limits = LIMITS, beside = []) {
  return Plot.plot(
    frame(width, height, {
      x: { label: "Year of membership", domain: [1, LAST] },
      y: { label: "Distance", domain: limits },
      marks: [
        Plot.areaY(lines, { x: "duration", y1: "lower", y2: "upper", fill: SKY, fillOpacity: 0.3, clip: true }),
        Plot.ruleY([0], { stroke: INK, strokeDasharray: "4 3", strokeOpacity: 0.7 }),
        Plot.line(printed, { x: "duration", y: "estimate", stroke: FAINT, strokeWidth: 1.2, strokeDasharray: "2 3" }),
        Plot.line(beside, {
          x: "duration",
          y: "lived",
          z: "entry",
          stroke: VERMILION,
          strokeWidth: 1.2,
          strokeDasharray: "4 2",
        }),
        Plot.line(lines, { x: "duration", y: "estimate", stroke: BLUE, strokeWidth: 2.4, clip: true }),
        Plot.text([{ x: 1, y: 0.09, text: "the company" }], {
          x: "x",
          y: "y",
          text: "text",
          textAnchor: "start",
          fill: INK,
        }),
      ],
    }),
  );
}

function recorded(Plot, width, height, curve, label) {
  return Plot.plot(
    frame(width, height, {
      x: { label },
      y: { label: "Distance", domain: OF_FINDING },
      marks: [
        Plot.areaY(curve, { x: "year", y1: "lower", y2: "upper", fill: SKY, fillOpacity: 0.3, clip: true }),
        Plot.ruleY([0], { stroke: INK, strokeDasharray: "4 3", strokeOpacity: 0.7 }),
        Plot.line(curve, { x: "year", y: "estimate", stroke: BLUE, strokeWidth: 2 }),
      ],
    }),
  );
}

const COLOURS = [VERMILION, GREEN, PURPLE];

function lived(Plot, width, height, rows, entries) {
  const last = entries.map((entry) => rows.filter((row) => row.entry === String(entry)).at(-1));
  return Plot.plot(
    frame(width, height, {
      x: { label: "Year of membership", domain: [1, LAST] },
      y: { label: "Distance", domain: LIMITS },
      color: { domain: entries.map(String), range: COLOURS },
      marks: [
        Plot.ruleY([0], { stroke: INK, strokeDasharray: "4 3", strokeOpacity: 0.7 }),
        Plot.line(rows, {
          x: "duration",
          y: "membership",
          stroke: "entry",
          strokeWidth: 1.4,
          strokeDasharray: "4 3",
          clip: true,
        }),
        Plot.line(rows, { x: "duration", y: "lived", stroke: "entry", strokeWidth: 2.4 }),
        Plot.text(last, { x: "duration", y: "lived", text: "entry", dx: -2, dy: 13, textAnchor: "end", fill: INK }),
        Plot.text(["by year of joining\ndashed: membership"], {
          frameAnchor: "bottom-left",
          lineAnchor: "bottom",
          dx: 4,
          dy: -4,
          fill: FAINT,
        }),
      ],
    }),
  );
}

function belief(Plot, width, height, data, share) {
  const line = Array.from({ length: 41 }, (_, place) => ({
    share: -2 + place / 10,
    ...slope(data, -2 + place / 10),
  }));
  const now = [{ share, ...slope(data, share) }];
  const named = [
    { share: 1, text: "Table 2" },
    { share: 0, text: "lived" },
  ].map((one) => ({ ...one, ...slope(data, one.share) }));
  return Plot.plot(
    frame(width, height, {
      x: { label: "The calendar’s share", domain: [-2, 2] },
      y: { label: "Slope of duration", tickFormat: (v) => short(v) },
      marks: [
        Plot.rectX([{}], { x1: 0, x2: 1, fill: INK, fillOpacity: 0.07 }),
        Plot.areaY(line, { x: "share", y1: "lower", y2: "upper", fill: SKY, fillOpacity: 0.3 }),
        Plot.ruleY([0], { stroke: INK, strokeOpacity: 0.7 }),
        Plot.line(line, { x: "share", y: "estimate", stroke: BLUE, strokeWidth: 2 }),
        Plot.dot(named, { x: "share", y: "estimate", r: 3, fill: INK }),
        Plot.text(named, { x: "share", y: "estimate", text: "text", dy: -10, dx: -4, textAnchor: "end", fill: INK }),
        Plot.ruleX(now, { x: "share", y1: "lower", y2: "upper", stroke: VERMILION, strokeWidth: 2.2 }),
        Plot.dot(now, { x: "share", y: "estimate", r: 6, fill: VERMILION }),
      ],
    }),
  );
}

const livedRate = (data) => short(data.plane.duration + data.plane.year, 4);

function finding(share, now, lines, data) {
  const how =
    share === 1
      ? "If all of it is"
      : share === 0
        ? "If none of it is, and later joiners just came in lower"
        : `If ${percent(share)} of it is`;
  return (
    `${how}, a year of membership lifts a laggard by ${short(now.estimate, 4)} points (95% interval by state ` +
    `${range(now.lower, now.upper, 4)}): from ${number(lines[0].estimate)} to ` +
    `${number(lines.at(-1).estimate)} in forty years. No data can say how much it is. ` +
    `What they do say is what laggards lived through (dashed): ${livedRate(data)} a year.`
  );
}

export default {
  fields: (data, form) => [
    {
      key: "share",
      kind: "range",
      step: 0.05,
      value: 1,
      ...(form === "finding"
        ? {
            label: "After as many years inside, later joiners stand lower. How much of that is the calendar’s doing?",
            min: 0,
            max: 1,
          }
        : { label: "How much of the drift is the calendar’s?", min: -2, max: 2 }),
      marks: [
        [0, "none of it"],
        [1, "all of it"],
      ],
      spoken: (value) => `${percent(value)} of the drift`,
    },
  ],

  view(state, data, form) {
    const { share } = state,
      now = slope(data, share),
      lines = stopped(data, share),
      printed = stopped(data, 1);
    const rows = courses(data, share),
      calendar = share * data.plane.year;
    const clear = now.lower > 0 ? "clear of zero" : now.upper < 0 ? "clear of zero, downwards" : "not clear of zero";
    const says =
      form === "finding"
        ? finding(share, now, lines, data)
        : `${believed(share)}, a year of membership is worth ${short(now.estimate, 4)} points ` +
          `(95% interval by state ${range(now.lower, now.upper, 4)}, ${clear}), and the calendar takes ` +
          `${short(calendar, 4)} a year. Figure 2 then runs from ${number(lines[0].estimate)} to ` +
          `${number(lines.at(-1).estimate)}. What a case lives through is ${livedRate(data)} a year, ` +
          "whatever you believe.";
    const tall = (width) => (width > 320 ? 210 : 240); // on a phone they stand under one another
    const panels =
      form === "finding"
        ? [
            {
              title: "Before accession",
              height: tall,
              draw: (Plot, w, h) => recorded(Plot, w, h, data.before, "Years to accession"),
            },
            {
              title: "During membership",
              lead: true,
              height: tall,
              draw: (Plot, w, h) => figure2(Plot, w, h, lines, printed, OF_FINDING, rows),
            },
            {
              title: "After exit",
              height: tall,
              draw: (Plot, w, h) => recorded(Plot, w, h, data.after, "Years since exit"),
            },
          ]
        : [
            { title: "Slope, by belief", height: tall, draw: (Plot, w, h) => belief(Plot, w, h, data, share) },
            {
              title: "Figure 2, redrawn",
              height: tall,
              draw: (Plot, w, h) => figure2(Plot, w, h, lines, printed),
            },
            {
              title: "What cases lived",
              height: tall,
              draw: (Plot, w, h) => lived(Plot, w, h, rows, data.entries),
            },
          ];
    const byDuration = lines.map((line) => {
      const row = { duration: line.duration, stopped: line.estimate, lower: line.lower, upper: line.upper };
      for (const one of rows.filter((other) => other.duration === line.duration)) {
        row[`lived_${one.entry}`] = one.lived;
        row[`membership_${one.entry}`] = one.membership;
      }
      return row;
    });
    return {
      says,
      panels,
      rows: byDuration,
      caption: `Predicted distance (points) where ${percent(share)} of the drift is the calendar’s`,
      columns: [
        { key: "duration", label: "Year of membership" },
        { key: "stopped", label: "Calendar stopped", digits: 2 },
        { key: "lower", label: "Lower", digits: 2 },
        { key: "upper", label: "Upper", digits: 2 },
        ...data.entries.flatMap((entry) => [
          { key: `lived_${entry}`, label: `Joined ${entry}, lived`, digits: 2 },
          { key: `membership_${entry}`, label: `Joined ${entry}, by membership`, digits: 2 },
        ]),
      ],
    };
  },
};
