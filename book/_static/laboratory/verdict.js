// The verdict: what was believed before, times how often each world says what the data say.

import { BLUE, FAINT, INK, VERMILION, frame } from "./drawing.js";
import { capital, percent } from "./words.js";

// Bayes’ rule over the worlds of the record; half a history is added, so that what was never seen is rare and not
// impossible.
function posterior(data, prior, words) {
  const weight = data.worlds.reduce((sum, { world }) => sum + prior[world], 0);
  const rows = data.worlds.map(({ world, histories }) => {
    const same = data.counts
      .filter(([said, where]) => where === world && said.every((word, place) => word === words[place]))
      .reduce((sum, [, , n]) => sum + n, 0);
    return { world, same, histories, frequency: (same + 0.5) / (histories + 1), prior: prior[world] / weight };
  });
  const together = rows.reduce((sum, row) => sum + row.prior * row.frequency, 0);
  return rows.map((row) => ({ ...row, posterior: (row.prior * row.frequency) / together }));
}

function beliefs(Plot, width, height, rows) {
  return Plot.plot(
    frame(width, height, {
      marginLeft: 92,
      marginTop: 6,
      x: { label: null, domain: [0, 1], tickFormat: (v) => `${Math.round(100 * v)}%` },
      y: {
        type: "band",
        label: null,
        domain: rows.map((row) => row.world),
        tickSize: 0,
        padding: 0.35,
        tickFormat: (d) => d,
      },
      marks: [
        Plot.barX(rows, { x: "posterior", y: "world", fill: BLUE, fillOpacity: 0.85 }),
        Plot.tickX(rows, { x: "prior", y: "world", stroke: VERMILION, strokeWidth: 3 }),
        Plot.text(rows, {
          x: (row) => Math.max(row.posterior, row.prior),
          y: "world",
          text: (row) => percent(row.posterior),
          dx: 7,
          textAnchor: "start",
          fill: INK,
        }),
        Plot.ruleX([0], { stroke: INK }),
      ],
    }),
  );
}

function frequencies(Plot, width, height, rows) {
  return Plot.plot(
    frame(width, height, {
      marginLeft: 92,
      marginTop: 6,
      x: { label: null, domain: [0, 1], tickFormat: (v) => `${Math.round(100 * v)}%` },
      y: {
        type: "band",
        label: null,
        domain: rows.map((row) => row.world),
        tickSize: 0,
        padding: 0.35,
        tickFormat: (d) => d,
      },
      marks: [
        Plot.ruleY(rows, { x1: 0, x2: 1, y: "world", stroke: FAINT, strokeOpacity: 0.4 }),
        Plot.dot(rows, { x: (row) => row.same / row.histories, y: "world", r: 6, fill: BLUE }),
        Plot.text(rows, {
          x: (row) => row.same / row.histories,
          y: "world",
          text: (row) => `${row.same} of ${row.histories}`,
          dy: -13,
          fill: INK,
          textAnchor: (row) =>
            row.same / row.histories > 0.8 ? "end" : row.same / row.histories < 0.2 ? "start" : "middle",
        }),
      ],
    }),
  );
}

const of = (world) => `prior_${world}`;

export default {
  fields: (data) => [
    ...data.worlds.map(({ world }) => ({
      key: of(world),
      kind: "range",
      group: "prior",
      label: `${capital(world)}, weight before`,
      min: 0,
      max: 10,
      step: 0.5,
      value: 2,
    })),
    ...data.tests.map(({ name, says, words }) => ({
      key: name,
      kind: "choice",
      group: "words",
      label: `${name} says`,
      value: says,
      options: [...new Set(words)].map((word) => ({ value: word, label: word })),
    })),
  ],

  view(state, data) {
    const prior = Object.fromEntries(data.worlds.map(({ world }) => [world, state[of(world)]]));
    const words = data.tests.map(({ name }) => state[name]),
      real = data.tests.every(({ name, says }) => state[name] === says);
    const empty = Object.values(prior).every((weight) => weight === 0);
    const rows = posterior(
      data,
      empty ? Object.fromEntries(data.worlds.map(({ world }) => [world, 1])) : prior,
      words,
    );
    const order = [...rows].sort((a, b) => b.posterior - a.posterior),
      [first, second] = order;
    const heard = rows.reduce((sum, row) => sum + row.same, 0);
    const said = data.tests.map(({ name }) => `${name} ${state[name]}`).join(", ");
    const tied = Math.abs(first.posterior - second.posterior) < 5e-4;
    let says = `${real ? "The data say" : "Suppose the data said"}: ${said}. `;
    if (empty)
      says +=
        "With no weight on any mechanism there is nothing to believe, so all five are taken as equally likely. ";
    says += heard === 0 ? "No simulated history of any world says so; the numbers rest on half a history each. " : "";
    says += tied
      ? `${capital(first.world)} and ${second.world} come out equal, at ${percent(first.posterior)} each. `
      : `${capital(first.world)} goes from ${percent(first.prior)} to ${percent(first.posterior)}, ${second.world} ` +
        `from ${percent(second.prior)} to ${percent(second.posterior)}. `;
    const pretence = rows.find((row) => row.world === "instrumental");
    says += `Instrumental goes from ${percent(pretence.prior)} to ${percent(pretence.posterior)}.`;
    return {
      says,
      rows,
      caption: "Five mechanisms before and after the four words",
      columns: [
        { key: "world", label: "World" },
        { key: "same", label: "Histories that say so" },
        { key: "histories", label: "Of" },
        { key: "frequency", label: "Frequency", digits: 3 },
        { key: "prior", label: "Before", digits: 3 },
        { key: "posterior", label: "After", digits: 3 },
      ],
      panels: [
        { title: "Belief: after (bar), before (mark)", height: 200, draw: (Plot, w, h) => beliefs(Plot, w, h, rows) },
        {
          title: "Histories that say the four words",
          height: 200,
          draw: (Plot, w, h) => frequencies(Plot, w, h, rows),
        },
      ],
    };
  },
};
