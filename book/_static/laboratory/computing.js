// Python in the page, one for all instruments: started when somebody asks, stopped when somebody asks.

import { make } from "./dom.js";

let engine, starting;

async function running(onProgress, signal) {
  if (engine?.running) return engine;
  starting ??= import("../live/engine.js")
    .then(({ start }) => start({ onProgress, signal }))
    .then((started) => {
      engine = started;
      return started;
    })
    .finally(() => {
      starting = undefined;
    });
  return starting;
}

// A button that computes, what it says while it does, and a button that stops it.
// `ask` gives [function, payload]; `show` takes what comes back.
export function computing(words, ask, show) {
  const told = make("p", { class: "lab-progress", role: "status" });
  const bar = make("progress", { max: 1, value: 0, "aria-label": "Python is starting", hidden: true });
  const run = make("button", { type: "button", class: "lab-button lab-run" }, words);
  const stop = make("button", { type: "button", class: "lab-button", hidden: true }, "Stop");
  let abort,
    asked = 0;
  const busy = (yes) => {
    run.disabled = yes;
    stop.hidden = !yes;
    bar.hidden = true;
  };

  async function compute() {
    const mine = (asked += 1);
    abort = new AbortController();
    busy(true);
    told.textContent = engine?.running
      ? "Computing …"
      : "Python is starting. The first time that takes some seconds.";
    try {
      const python = await running(({ share, text }) => {
        if (mine !== asked) return;
        bar.hidden = false;
        bar.value = share;
        told.textContent = text;
      }, abort.signal);
      bar.hidden = true;
      told.textContent = "Computing …";
      const [name, payload] = ask(),
        began = performance.now();
      const found = await python.call(name, payload);
      if (mine !== asked) return;
      told.textContent = `Computed in ${((performance.now() - began) / 1000).toFixed(1)} seconds, in this page.`;
      show(found, payload);
    } catch (error) {
      if (mine === asked)
        told.textContent = error.name === "AbortError" ? "Stopped. Start it again whenever you like." : error.message;
    } finally {
      if (mine === asked) {
        const focused = document.activeElement === stop;
        busy(false);
        if (focused) run.focus();
      }
    }
  }

  run.addEventListener("click", compute);
  stop.addEventListener("click", () => {
    abort?.abort();
    engine?.stop();
  });
  const element = make("div", { class: "lab-computing" }, run, stop, bar, told);
  return {
    element,
    compute,
    label: (text) => {
      run.textContent = text;
    },
    awake: () => Boolean(engine?.running),
  };
}
