// Python in the reader's browser, for instruments that compute.  Nothing is loaded before start() is called, and then
// from this site alone.
//
//   import { start } from "../_static/live/engine.js";
//   const engine = await start({ onProgress: ({ share, text }) => … });
//   const found = await engine.call("world", { mechanism: "intrinsic", seed: 7 });
//   engine.stop();
//
// Functions are those of book/_live/instruments.py.  Whatever goes wrong is an EngineError: its message is a sentence for
// the reader, its code one of absent, browser, network, checksum, memory, refused, python, stopped, lost.

const LIVE = new URL("../../live/", import.meta.url);

export class EngineError extends Error {
  constructor(code, message) {
    super(message);
    this.name = "EngineError";
    this.code = code;
  }
}

const LOST = "Python in this page has come to an end, because the browser took its memory away or closed it. Start it again; nothing that you wrote is lost.";
const STOPPED = "Stopped. Start it again whenever you like.";

function check() {
  if (typeof WebAssembly !== "object") {
    throw new EngineError("browser", "This browser cannot run Python: it has no WebAssembly, or it is switched off. The recorded results stay.");
  }
  if (typeof Worker !== "function") {
    throw new EngineError("browser", "This browser cannot run Python beside the page: it has no Web Workers. The recorded results stay.");
  }
}

async function listed() {
  let answer;
  try {
    answer = await fetch(new URL("engine.json", LIVE));
  } catch {
    throw new EngineError("network", "Python could not be fetched from this site. Check your connection and try again.");
  }
  if (!answer.ok) {
    throw new EngineError("absent", "This copy of the site was built without Python for the browser. The recorded results stay.");
  }
  return answer.json();
}

// A worker that is killed tells nobody.  It holds a lock while it lives, and whoever waits for the lock learns of its end.
function watch(lock, lost) {
  navigator.locks?.request(lock, () => lost());
}

export async function start({ onProgress = () => {}, signal } = {}) {
  check();
  signal?.throwIfAborted();
  const list = await listed();
  const lock = `hralign-${crypto.getRandomValues(new Uint32Array(2)).join("-")}`;
  const worker = new Worker(new URL("worker.js", import.meta.url), { type: "module" });
  const waiting = new Map();
  let ended = null; // the error that every further call gets
  let number = 0;

  const end = (error) => {
    if (ended) return;
    ended = error;
    worker.terminate();
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };
  const ask = (message) => new Promise((resolve, reject) => {
    if (ended) return reject(ended);
    number += 1;
    waiting.set(number, { resolve, reject });
    worker.postMessage({ ...message, number });
  });

  worker.onmessage = ({ data }) => {
    if (data.progress) return onProgress(data.progress);
    if (data.alive) return watch(lock, () => end(new EngineError("lost", LOST)));
    const asker = waiting.get(data.number);
    waiting.delete(data.number);
    if (!data.error) return asker?.resolve(data.result);
    const error = new EngineError(data.error.code, data.error.message);
    asker?.reject(error);
    if (data.error.fatal) end(new EngineError("lost", LOST));
  };
  worker.onerror = (event) => {
    event.preventDefault();
    end(new EngineError("lost", `Python could not be started in this page${event.message ? ` (${event.message})` : ""}.`));
  };

  const stop = () => end(new EngineError("stopped", STOPPED));
  signal?.addEventListener("abort", stop, { once: true });
  try {
    await ask({ start: { live: LIVE.href, lock, ...list } });
  } catch (error) {
    end(error);
    throw error;
  }
  return {
    call: (name, payload = {}) => ask({ name, payload: JSON.stringify(payload) }),
    stop,
    get running() { return !ended; },
  };
}
